import type { DirectivesFor } from './directive.ts';
import { seconds, whole, yesNo } from './kinds.ts';

/** How many server connections there are, and how long they are kept. */
export interface CacheConfig {
  /** In use and parked together. */
  readonly cacheSize: number;
  readonly cacheExpirationMs: number;
  /** 0: no limit. */
  readonly maxConnectionsPerUser: number;
  readonly maxParkedPerUser: number;
  readonly serverWaitTimeoutMs: number;
  readonly reauthIntervalMs: number;
  readonly serverLifetimeMs: number;
  readonly serverMaxUses: number;
  readonly checkDelayMs: number;
  readonly parkIdleMs: number;
  readonly answerFromMemory: boolean;
  readonly enableSelectCache: boolean;
}

const MAX_CONNECTIONS = 1_000_000;

/** @see CacheConfig */
export const CACHE_DIRECTIVES: DirectivesFor<CacheConfig> = {
  cacheSize: {
    name: 'cache_size',
    kind: whole(1, MAX_CONNECTIONS),
    unit: 'connections',
    fallback: 3072,
    doc:
      'The most server connections at the same time, in use and parked together. ' +
      'At the limit a login closes the connection parked longest, or waits as server_wait_timeout says.',
    since: 'classic',
  },
  cacheExpirationMs: {
    name: 'cache_expiration_time',
    kind: seconds(0),
    unit: 'seconds',
    fallback: 300_000,
    doc:
      'How long a parked connection may wait for the next login of its user. ' +
      'After that it is closed; 0 keeps none.',
    since: 'classic',
  },
  maxConnectionsPerUser: {
    name: 'max_connections_per_user',
    kind: whole(0, MAX_CONNECTIONS),
    unit: 'connections',
    fallback: 0,
    doc:
      'The most server connections of one user, in use and parked together. ' +
      'With 0 there is no such limit.',
    since: '2.0',
  },
  maxParkedPerUser: {
    name: 'max_parked_per_user',
    kind: whole(0, MAX_CONNECTIONS),
    unit: 'connections',
    fallback: 4,
    doc: 'The most parked connections of one user. What comes back beyond that is closed; 0 keeps none.',
    since: '2.0',
  },
  serverWaitTimeoutMs: {
    name: 'server_wait_timeout',
    kind: seconds(0),
    unit: 'seconds',
    fallback: 4_000,
    doc:
      'At a limit, how long a login waits for a server connection to become free. ' +
      'After that it is refused.',
    since: '2.0',
  },
  reauthIntervalMs: {
    name: 'reauth_interval',
    kind: seconds(0),
    unit: 'seconds',
    fallback: 600_000,
    doc:
      'How long after a login at the server the same login may be answered from memory. ' +
      'Then the server is asked again, so that an old password is of use no longer than this. ' +
      'With 0 it is never asked again.',
    since: '2.0',
  },
  serverLifetimeMs: {
    name: 'server_lifetime',
    kind: seconds(0),
    unit: 'seconds',
    fallback: 3_600_000,
    doc:
      'How long after its login a server connection is used for new sessions. ' +
      'It may be a tenth less, so that not all end at once; with 0 there is no such limit.',
    since: '2.0',
  },
  serverMaxUses: {
    name: 'server_max_uses',
    kind: whole(0, MAX_CONNECTIONS),
    unit: 'sessions',
    fallback: 0,
    doc: 'How many sessions a server connection serves. With 0 there is no such limit.',
    since: '2.0',
  },
  checkDelayMs: {
    name: 'check_delay',
    kind: seconds(0),
    unit: 'seconds',
    fallback: 30_000,
    doc:
      'How long a parked connection may be silent before it is asked whether it is still there. ' +
      'That is done by NOOP, ahead of the first command that needs it.',
    since: '2.0',
  },
  parkIdleMs: {
    name: 'park_idle',
    kind: seconds(0),
    unit: 'seconds',
    fallback: 0,
    doc:
      'How long a connection is parked before it is put into IDLE. ' +
      'There Dovecot can put it to rest (imap_hibernate_timeout); with 0 that is never done.',
    since: '2.0',
  },
  answerFromMemory: {
    name: 'answer_from_memory',
    kind: yesNo,
    fallback: true,
    doc:
      'Whether what a session asks first is answered from memory: CAPABILITY, ID, NAMESPACE, ENABLE. ' +
      'Only what was asked before on the connection that it gets is answered so. ' +
      'With no, all goes to the server, and a connection is not used again after ENABLE.',
    since: '2.0',
  },
  enableSelectCache: {
    name: 'enable_select_cache',
    kind: yesNo,
    fallback: false,
    doc:
      'Whether a repeated SELECT of INBOX may be answered from memory, after ENABLE CONDSTORE. ' +
      'NOOP and STATUS must have shown that the server would say the same; in doubt, and the first two times, it answers. ' +
      'It pays for large Maildirs near the proxy.',
    since: 'classic',
  },
};
