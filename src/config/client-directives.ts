import type { DirectivesFor } from './directive.ts';
import { host, networks, port, seconds, yesNo } from './kinds.ts';

/** Where clients connect, how long they may stay, and what they are told. */
export interface ClientConfig {
  /** Undefined: all addresses, IPv6 and IPv4. */
  readonly listenAddress: string | undefined;
  /** 0: the system picks one. */
  readonly listenPort: number;
  readonly clientLoginTimeoutMs: number;
  readonly clientIdleTimeoutMs: number;
  readonly sendTcpKeepalives: boolean;
  readonly announceReuse: boolean;
  readonly enableAdminCommands: boolean;
  readonly adminNetworks: readonly string[];
}

/** @see ClientConfig */
export const CLIENT_DIRECTIVES: DirectivesFor<ClientConfig> = {
  listenAddress: {
    name: 'listen_address',
    kind: host,
    fallback: undefined,
    example: '127.0.0.1',
    doc:
      'The address, or the name of it, on which clients are accepted. ' +
      'When it is not set, they are accepted on all addresses of the machine, IPv6 and IPv4.',
    since: 'classic',
  },
  listenPort: {
    name: 'listen_port',
    kind: port(0),
    fallback: 143,
    doc: 'The port on which clients are accepted. With 0 the system picks a free one; the log names it.',
    since: 'classic',
  },
  clientLoginTimeoutMs: {
    name: 'client_login_timeout',
    kind: seconds(1),
    unit: 'seconds',
    fallback: 60_000,
    doc: 'How long a client may take from connecting until it is logged in. After that it is disconnected.',
    since: '2.0',
  },
  clientIdleTimeoutMs: {
    name: 'client_idle_timeout',
    kind: seconds(1),
    unit: 'seconds',
    fallback: 1_800_000,
    doc:
      'How long a session may go without an octet in either direction before it is ended. ' +
      'RFC 9051 asks servers to allow at least 1800.',
    since: '2.0',
  },
  sendTcpKeepalives: {
    name: 'send_tcp_keepalives',
    kind: yesNo,
    fallback: false,
    doc: 'Whether TCP keep-alives are on for the connections of clients and to the server (SO_KEEPALIVE).',
    since: 'classic',
  },
  announceReuse: {
    name: 'announce_reuse',
    kind: yesNo,
    fallback: false,
    doc:
      'Whether clients are told XIMAPPROXY, and XPROXYREUSE when a login reuses a server connection. ' +
      'Otherwise they cannot tell the proxy from the server.',
    since: '2.0',
  },
  enableAdminCommands: {
    name: 'enable_admin_commands',
    kind: yesNo,
    fallback: false,
    doc:
      'Whether the XPROXY_ commands are answered, to clients in admin_networks that have not logged in. ' +
      'They list users, reset counters and trace conversations.',
    since: 'classic',
  },
  adminNetworks: {
    name: 'admin_networks',
    kind: networks,
    fallback: ['127.0.0.0/8', '::1'],
    doc: 'From where the XPROXY_ commands may be given, when enable_admin_commands is on.',
    since: '2.0',
  },
};
