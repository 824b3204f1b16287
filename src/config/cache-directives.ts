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
    inForce: true,
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
    inForce: true,
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
    inForce: true,
  },
  maxParkedPerUser: {
    name: 'max_parked_per_user',
    kind: whole(0, MAX_CONNECTIONS),
    unit: 'connections',
    fallback: 4,
    doc: 'The most parked connections of one user. What comes back beyond that is closed; 0 keeps none.',
    since: '2.0',
    inForce: true,
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
    inForce: true,
  },
  enableSelectCache: {
    name: 'enable_select_cache',
    kind: yesNo,
    fallback: false,
    doc: 'Whether a repeated SELECT may be answered from memory. Otherwise the server answers every one.',
    since: 'classic',
    inForce: { severity: 'warning', instead: 'the server answers every SELECT', harmless: false },
  },
};
