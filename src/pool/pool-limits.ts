/** How much the pool may hold, and for how long. Whoever makes them has checked that none is negative. */
export interface PoolLimits {
  /** Connections of all keys, those being opened included. */
  readonly maxTotal: number;
  /** Connections of one key, those being opened included; 0 is no limit of its own. */
  readonly maxPerKey: number;
  /** Parked connections of one key. */
  readonly maxParkedPerKey: number;
  /** How long a connection may be parked before `Pool.sweep` closes it, in ms. */
  readonly maxParkedMs: number;
  /** How long `Pool.acquire` may wait for room, in ms. */
  readonly maxWaitMs: number;
  /** How long `Pool.acquire` may wait for a resetting connection before it looks for room, in ms; 0 is not at all. */
  readonly returnWaitMs: number;
}
