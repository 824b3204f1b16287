import { InvariantError } from '../base/errors.ts';
import type { PoolEntry } from './pool-entry.ts';

/** What a lease asks of its pool. */
export interface LeaseHost<V extends object, R extends string> {
  beginReset(entry: PoolEntry<V>): void;
  park(entry: PoolEntry<V>, variant: string): void;
  discard(entry: PoolEntry<V>, reason: R): void;
}

/**
 * The sole right to one connection. Single use: it ends with {@link Lease.park} or
 * {@link Lease.discard}, and the value belongs to somebody else from then on.
 */
export class Lease<V extends object, R extends string> {
  readonly key: string;
  readonly value: V;
  readonly #host: LeaseHost<V, R>;
  #entry: PoolEntry<V> | undefined;

  constructor(host: LeaseHost<V, R>, entry: PoolEntry<V>) {
    this.key = entry.group.key;
    this.value = entry.value;
    this.#host = host;
    this.#entry = entry;
  }

  get isOpen(): boolean {
    return this.#entry !== undefined;
  }

  /**
   * Says that the session is over and the connection will soon be parked, so that the next
   * session of its key may wait for it instead of opening a new one.
   *
   * @throws InvariantError the second time, and after the end.
   */
  beginReset(): void {
    this.#host.beginReset(this.#open());
  }

  /**
   * Ends the lease and keeps the connection for the next session of its key; legal with and
   * without {@link Lease.beginReset}. `variant` names the state it carries, `''` is clean.
   *
   * @throws InvariantError after the end.
   */
  park(variant: string): void {
    const entry = this.#open();
    this.#entry = undefined;
    this.#host.park(entry, variant);
  }

  /**
   * Ends the lease and closes the connection.
   *
   * @throws InvariantError after the end.
   */
  discard(reason: R): void {
    const entry = this.#open();
    this.#entry = undefined;
    this.#host.discard(entry, reason);
  }

  #open(): PoolEntry<V> {
    if (this.#entry === undefined) throw new InvariantError('lease has already ended');
    return this.#entry;
  }
}
