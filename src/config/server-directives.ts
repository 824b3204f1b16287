import type { DirectivesFor } from './directive.ts';
import { choice, host, port, seconds, whole, yesNo } from './kinds.ts';

/** Where the IMAP server is and how it is reached. */
export interface ServerConfig {
  readonly serverHostname: string;
  readonly serverPort: number;
  readonly connectRetries: number;
  readonly connectDelayMs: number;
  readonly serverConnectTimeoutMs: number;
  readonly dnsRr: boolean;
  /** Undefined: both versions. */
  readonly ipversionOnly: 4 | 6 | undefined;
}

/** @see ServerConfig */
export const SERVER_DIRECTIVES: DirectivesFor<ServerConfig> = {
  serverHostname: {
    name: 'server_hostname',
    kind: host,
    fallback: 'localhost',
    doc: 'The IMAP server that clients are connected to: a host name or an address.',
    since: 'classic',
  },
  serverPort: {
    name: 'server_port',
    kind: port(1),
    fallback: 143,
    doc: 'The port of the IMAP server, as a number or as imap (143) or imaps (993).',
    since: 'classic',
  },
  connectRetries: {
    name: 'connect_retries',
    kind: whole(0, 1_000_000),
    unit: 'attempts',
    fallback: 10,
    doc:
      'At the start, how many more times to try when the server cannot be reached. ' +
      'The attempts are connect_delay apart; with 0 there is only the first one.',
    since: 'classic',
  },
  connectDelayMs: {
    name: 'connect_delay',
    kind: seconds(0),
    unit: 'seconds',
    fallback: 5_000,
    doc: 'At the start, how long to wait between two attempts to reach the server.',
    since: 'classic',
  },
  serverConnectTimeoutMs: {
    name: 'server_connect_timeout',
    kind: seconds(1),
    unit: 'seconds',
    fallback: 4_000,
    doc:
      'How long connecting to the server may take, over all its addresses, before a login is refused. ' +
      'The default stays below the 5 seconds that common webmail clients wait for a connection.',
    since: '2.0',
  },
  dnsRr: {
    name: 'dns_rr',
    kind: yesNo,
    fallback: false,
    doc:
      'Whether new server connections go to all addresses of server_hostname in turn. ' +
      'Otherwise the addresses are tried in the order in which the resolver gives them.',
    since: 'classic',
  },
  ipversionOnly: {
    name: 'ipversion_only',
    kind: choice(4, 6),
    fallback: undefined,
    example: '4',
    doc: 'The only version of IP to reach the server by. When it is not set, both are used.',
    since: 'classic',
  },
};
