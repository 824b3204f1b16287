import { InvariantError } from '../base/errors.ts';
import type { KeyGroup } from './key-group.ts';
import type { Lease } from './lease.ts';

/** What a reservation asks of its pool. */
export interface ReservationHost<V extends object, R extends string> {
  claim(group: KeyGroup<V>, variant: string): Lease<V, R> | undefined;
  unreserve(group: KeyGroup<V>): void;
}

/**
 * One parked connection of a key set aside, without saying which one. The pool itself closes
 * none that a reservation counts on, except at shutdown; the owner may still retire it.
 */
export class Reservation<V extends object, R extends string> {
  readonly kind = 'reservation';
  readonly key: string;
  readonly #host: ReservationHost<V, R>;
  #group: KeyGroup<V> | undefined;

  constructor(host: ReservationHost<V, R>, group: KeyGroup<V>) {
    this.key = group.key;
    this.#host = host;
    this.#group = group;
  }

  /** The most recently parked value of the key: to look at, not to use; undefined after the end. */
  peek(): V | undefined {
    return this.#group?.parked.last?.value;
  }

  /** The most recently parked value of the key that passes: to look at, not to use. */
  find(passes: (value: V) => boolean): V | undefined {
    return this.#group?.parked.findLast(({ value }) => passes(value))?.value;
  }

  /**
   * Leases the most recently parked connection of the key with exactly this variant, which ends
   * the reservation. Undefined when there is none: the reservation stays open, and the session
   * cancels it before it goes on to `Pool.acquire`.
   *
   * @throws InvariantError after the end.
   */
  claim(variant: string): Lease<V, R> | undefined {
    if (this.#group === undefined) throw new InvariantError('reservation has already ended');
    const lease = this.#host.claim(this.#group, variant);
    if (lease !== undefined) this.#group = undefined;
    return lease;
  }

  /** Sets the connection free again; does nothing when the reservation has ended. */
  cancel(): void {
    const group = this.#group;
    if (group === undefined) return;
    this.#group = undefined;
    this.#host.unreserve(group);
  }
}
