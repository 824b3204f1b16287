import type { DirectivesFor } from './directive.ts';
import { choice, fileMode, networks, text, yesNo } from './kinds.ts';

/** Who may come in, on whose behalf, and what the server is told about it. */
export interface AccessConfig {
  readonly listenUnix: string | undefined;
  /** Permission bits. */
  readonly listenUnixMode: number;
  readonly allowNetworks: readonly string[] | undefined;
  readonly denyNetworks: readonly string[] | undefined;
  readonly trustedNetworks: readonly string[] | undefined;
  readonly proxyProtocol: boolean;
  readonly serverProxyProtocol: 'no' | 'v1' | 'v2';
  readonly forwardClientAddress: 'no' | 'login' | 'always';
  readonly announceSessionId: boolean;
}

/** @see AccessConfig */
export const ACCESS_DIRECTIVES: DirectivesFor<AccessConfig> = {
  listenUnix: {
    name: 'listen_unix',
    kind: text('a path to a socket'),
    fallback: undefined,
    example: '/run/imapproxy/imap.sock',
    doc:
      'A Unix socket for programs on the same host, beside listen_port. ' +
      'When it is not set, there is none.',
    since: '2.0',
  },
  listenUnixMode: {
    name: 'listen_unix_mode',
    kind: fileMode,
    fallback: 0o660,
    doc: 'The permissions of listen_unix, in octal.',
    since: '2.0',
  },
  allowNetworks: {
    name: 'allow_networks',
    kind: networks,
    fallback: undefined,
    example: '192.0.2.0/24 2001:db8::/32',
    doc: 'From where clients may connect. When it is not set, from everywhere.',
    since: '2.0',
  },
  denyNetworks: {
    name: 'deny_networks',
    kind: networks,
    fallback: undefined,
    example: '198.51.100.0/24',
    doc: 'From where clients may not connect, even if allow_networks lets them.',
    since: '2.0',
  },
  trustedNetworks: {
    name: 'trusted_networks',
    kind: networks,
    fallback: undefined,
    example: '127.0.0.0/8 ::1',
    doc:
      'Where the proxies and the webmail are that are believed what they tell about their clients. ' +
      'They tell it by the PROXY protocol, where proxy_protocol is on, and by x-originating-ip, x-originating-port and ' +
      'x-session-id in an ID before login.',
    since: '2.0',
  },
  proxyProtocol: {
    name: 'proxy_protocol',
    kind: yesNo,
    fallback: false,
    doc:
      'Whether each connection to the ports begins with a PROXY protocol header, as from HAProxy. ' +
      'Versions 1 and 2 are understood. ' +
      'Connections from outside trusted_networks, and malformed headers, are refused.',
    since: '2.0',
  },
  serverProxyProtocol: {
    name: 'server_proxy_protocol',
    kind: choice('no', 'v1', 'v2'),
    fallback: 'no',
    doc:
      'Whether connections to the server begin with a PROXY protocol header that names the client. ' +
      'Dovecot wants haproxy = yes in its inet_listener, and haproxy_trusted_networks.',
    since: '2.0',
  },
  forwardClientAddress: {
    name: 'forward_client_address',
    kind: choice('no', 'login', 'always'),
    fallback: 'no',
    doc:
      'Whether the server is told by ID where the client comes from: ahead of a login, or always. ' +
      'With always also when a connection is used again. ' +
      'Dovecot takes x-originating-ip and its kin from login_trusted_networks, and only ahead of a login.',
    since: '2.0',
  },
  announceSessionId: {
    name: 'announce_session_id',
    kind: yesNo,
    fallback: false,
    doc:
      'Whether the answer to a login ends in SESSIONID= and the id that the session has in the log. ' +
      'Roundcube logs it (imap_log_session), and forward_client_address tells it to the server.',
    since: '2.0',
  },
};
