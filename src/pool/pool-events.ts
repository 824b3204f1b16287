/**
 * Why the pool itself closes a connection: parked longer than `maxParkedMs`; least recently used
 * when room was needed; more than `maxParkedPerKey`; the pool is shut down.
 */
export type PoolCloseReason = 'idle' | 'evicted' | 'surplus' | 'shutdown';

/** What the pool tells its owner. */
export interface PoolEvents<V, R extends string> {
  /**
   * The value has left the pool: called exactly once for each, and the only place where the owner
   * disposes of it. Called in the middle of a change, so it must not throw, and of the pool's
   * methods it may call only `retire` (which finds nothing to do for a value that is closing).
   */
  closed(value: V, reason: R | PoolCloseReason, key: string): void;
}
