import type { EntryState } from './pool-entry.ts';

/**
 * Why the pool itself closes a connection: parked longer than `maxParkedMs`; least recently used
 * when room was needed; more than `maxParkedPerKey`; the pool is shut down.
 */
export type PoolCloseReason = 'idle' | 'evicted' | 'surplus' | 'shutdown';

/** What the pool tells its owner. */
export interface PoolEvents<V, R extends string> {
  /**
   * The value has left the pool: called exactly once for each, and the only place where the owner
   * disposes of it. Called in the middle of a change, so it must neither throw nor call the pool;
   * only `retire` of this same value is harmless, because it finds nothing to do.
   */
  closed(value: V, reason: R | PoolCloseReason, key: string): void;
  /**
   * A connection has gone from one state to another; called for every move there is, so that whoever counts
   * them is never wrong. The same rules hold.
   */
  moved?(from: EntryState, to: EntryState): void;
}
