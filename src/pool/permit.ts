import { InvariantError } from '../base/errors.ts';
import type { Lease } from './lease.ts';
import type { PoolEntry } from './pool-entry.ts';

/** What a permit asks of its pool. */
export interface PermitHost<V extends object, R extends string> {
  fulfil(entry: PoolEntry<V>, value: V): Lease<V, R>;
  giveUp(entry: PoolEntry<V>): void;
}

/** The right to open one new connection of a key; it counts against the caps from the start. */
export class Permit<V extends object, R extends string> {
  readonly kind = 'permit';
  readonly key: string;
  readonly #host: PermitHost<V, R>;
  #entry: PoolEntry<V> | undefined;

  constructor(host: PermitHost<V, R>, entry: PoolEntry<V>) {
    this.key = entry.group.key;
    this.#host = host;
    this.#entry = entry;
  }

  /**
   * Ends the permit and leases the connection that was opened.
   *
   * @throws InvariantError when the permit has ended, or the pool holds that value already.
   */
  fulfil(value: V): Lease<V, R> {
    if (this.#entry === undefined) throw new InvariantError('permit has already ended');
    const lease = this.#host.fulfil(this.#entry, value);
    this.#entry = undefined;
    return lease;
  }

  /** Gives the right back; does nothing when the permit has ended. */
  cancel(): void {
    const entry = this.#entry;
    if (entry === undefined) return;
    this.#entry = undefined;
    this.#host.giveUp(entry);
  }
}
