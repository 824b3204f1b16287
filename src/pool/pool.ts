import type { Clock } from '../base/clock.ts';
import { Inventory } from './inventory.ts';
import type { KeyGroup } from './key-group.ts';
import { Lease, type LeaseHost } from './lease.ts';
import { Permit, type PermitHost } from './permit.ts';
import type { PoolEntry } from './pool-entry.ts';
import { CheckoutTimeoutError, PoolClosedError } from './pool-errors.ts';
import type { PoolEvents } from './pool-events.ts';
import type { PoolLimits } from './pool-limits.ts';
import type { PoolSnapshot } from './pool-snapshot.ts';
import { Reservation, type ReservationHost } from './reservation.ts';
import { type Waiter, WaitQueue } from './wait-queue.ts';

export type { PoolLimits } from './pool-limits.ts';

/** What `acquire` gives: a parked connection set aside, or the right to open a new one. */
export type Grant<V extends object, R extends string> = Reservation<V, R> | Permit<V, R>;

export interface AcquireOptions {
  /** Ends the wait. A grant already on its way when it aborts still arrives, and is the caller's to cancel. */
  readonly signal: AbortSignal;
  /** Which variants of a parked connection are of use; all when absent. Must not throw. */
  readonly accepts?: (variant: string) => boolean;
  /** Whether nothing but the right to open a new one will do. */
  readonly mustOpen?: boolean;
}

/**
 * Keeps connections (`V`, opaque) between sessions and lends each to one session at a time.
 *
 * Connections are shared within a **key**; a parked one carries a **variant**, the state it is in,
 * and goes only to who asks for exactly that. `R` are the owner's reasons for closing.
 *
 * Two rules hold after every call: nobody waits who could be served, and nothing spare is parked
 * beyond a limit. Every change is made within one call, so no other session can come between.
 */
export class Pool<V extends object, R extends string> {
  readonly #clock: Clock;
  readonly #inventory: Inventory<V, R>;
  readonly #queue: WaitQueue<V, Grant<V, R>>;
  #isShutDown = false;

  /** What leases, permits and reservations may do here: made once, so that they need no closures. */
  readonly #host: LeaseHost<V, R> & PermitHost<V, R> & ReservationHost<V, R> = {
    beginReset: (entry) => this.#inventory.beginReset(entry),
    park: (entry, variant) => this.#park(entry, variant),
    discard: (entry, reason) => this.#discard(entry, reason),
    fulfil: (entry, value) => this.#fulfil(entry, value),
    giveUp: (entry) => this.#giveUp(entry),
    claim: (group, variant) => this.#claim(group, variant),
    unreserve: (group) => this.#unreserve(group),
  };

  constructor(limits: PoolLimits, clock: Clock, events: PoolEvents<V, R>) {
    this.#clock = clock;
    this.#inventory = new Inventory(limits, events);
    this.#queue = new WaitQueue(clock, this.#inventory.groups);
  }

  /** Sets one parked connection of the key aside, whatever its variant; undefined when none is spare. */
  reserve(key: string): Reservation<V, R> | undefined {
    const group = this.#inventory.groups.find(key);
    return group && this.#reservation(group, acceptAny);
  }

  /**
   * Finds a way to a connection of the key, in this order: a fitting parked one; one that is being
   * reset and that nobody else waits for, for at most `returnWaitMs`; the right to open a new one,
   * for which the least recently parked spare one goes when a cap is reached; a wait of at most
   * `maxWaitMs`, in which the oldest who can be served is served first. A connection that comes
   * back goes to those who wait for its own key before it makes room for others.
   *
   * @throws PoolClosedError when the pool is or gets shut down.
   * @throws CheckoutTimeoutError when the wait was in vain.
   * @throws the reason of `signal` when that aborts.
   */
  async acquire(key: string, options: AcquireOptions): Promise<Grant<V, R>> {
    const { signal, mustOpen = false } = options;
    const accepts = mustOpen ? acceptNone : (options.accepts ?? acceptAny);
    if (this.#isShutDown) throw new PoolClosedError();
    signal.throwIfAborted();
    const group = this.#inventory.groups.findOrAdd(key);
    const parked = this.#reservation(group, accepts);
    if (parked !== undefined) return parked;
    const awaitsReturn =
      !mustOpen && this.#inventory.limits.returnWaitMs > 0 && group.counts.of('resetting') > group.waiting;
    const permit = awaitsReturn ? undefined : this.#permit(group);
    if (permit !== undefined) return permit;
    const waiter = this.#queue.join(group, accepts, signal);
    if (awaitsReturn) this.#awaitReturn(waiter);
    else this.#awaitRoom(waiter);
    return waiter.outcome.promise;
  }

  /** Closes a parked value, set aside or not; false when it is not parked. */
  retire(value: V, reason: R): boolean {
    const entry = this.#inventory.findParked(value);
    if (entry === undefined) return false;
    this.#discard(entry, reason);
    return true;
  }

  /** Closes all parked values that match, set aside or not; gives their number. */
  retireWhere(predicate: (key: string, variant: string, value: V) => boolean, reason: R): number {
    const matches = [...this.#inventory.shelf].filter((entry) =>
      predicate(entry.group.key, entry.variant, entry.value),
    );
    for (const entry of matches) this.#inventory.close(entry, reason);
    this.#serveAll();
    return matches.length;
  }

  /** Closes what has been parked for longer than `maxParkedMs`, unless a reservation counts on it. */
  sweep(): void {
    this.#inventory.sweep(this.#clock.now() - this.#inventory.limits.maxParkedMs);
    this.#serveAll();
  }

  /** Puts other limits in force and closes what is spare beyond them; running waits keep their time. */
  setLimits(limits: PoolLimits): void {
    this.#inventory.limits = limits;
    this.#inventory.trimAll();
    this.#serveAll();
  }

  /** Refuses all who wait or come later, and closes all that is or will be parked. */
  shutdown(): void {
    this.#isShutDown = true;
    for (const waiter of this.#queue) this.#queue.refuse(waiter, new PoolClosedError());
    for (const entry of this.#inventory.shelf) this.#inventory.close(entry, 'shutdown');
  }

  /** Every connection there is, those being opened left out; to be used up before the pool is called again. */
  list(): Iterable<{ readonly value: V; readonly isSpare: boolean }> {
    return this.#inventory.list();
  }

  snapshot(): PoolSnapshot<R> {
    return {
      ...this.#inventory.read(),
      waiting: this.#queue.size,
      waits: this.#queue.waits,
      waitedMs: this.#queue.waitedMs,
      longestWaitMs: this.#queue.longestWaitMs,
    };
  }

  #park(entry: PoolEntry<V>, variant: string): void {
    if (this.#isShutDown) {
      this.#inventory.close(entry, 'shutdown');
      return;
    }
    const wasExhausted = this.#inventory.isExhausted;
    this.#inventory.park(entry, variant, this.#clock.now());
    this.#settle(entry.group, wasExhausted);
  }

  #discard(entry: PoolEntry<V>, reason: R): void {
    const wasExhausted = this.#inventory.isExhausted;
    this.#inventory.close(entry, reason);
    this.#drain(entry.group, wasExhausted);
  }

  #fulfil(entry: PoolEntry<V>, value: V): Lease<V, R> {
    this.#inventory.fulfil(entry, value);
    return new Lease(this.#host, entry);
  }

  #giveUp(entry: PoolEntry<V>): void {
    const wasExhausted = this.#inventory.isExhausted;
    this.#inventory.giveUp(entry);
    this.#drain(entry.group, wasExhausted);
  }

  #claim(group: KeyGroup<V>, variant: string): Lease<V, R> | undefined {
    const entry = this.#inventory.shelf.newest(group, variant);
    if (entry === undefined) return undefined;
    this.#inventory.lease(entry);
    this.#inventory.shelf.unreserve(group);
    return new Lease(this.#host, entry);
  }

  #unreserve(group: KeyGroup<V>): void {
    const wasExhausted = this.#inventory.isExhausted;
    this.#inventory.shelf.unreserve(group);
    this.#settle(group, wasExhausted);
    this.#inventory.groups.forgetIfUnused(group);
  }

  /** After a connection of the group has become spare: its own waiters come first, if it fits them. */
  #settle(group: KeyGroup<V>, wasExhausted: boolean): void {
    for (const waiter of this.#queue.of(group)) {
      if (group.spare === 0) break;
      const parked = this.#reservation(group, waiter.accepts);
      if (parked !== undefined) this.#queue.serve(waiter, parked);
    }
    this.#inventory.trim(group);
    this.#drain(group, wasExhausted);
  }

  /**
   * After something of the group was freed. Unless the pool as a whole was exhausted before, those
   * of other keys are held up by their own key only, and nothing has changed for them.
   */
  #drain(group: KeyGroup<V>, wasExhausted: boolean): void {
    if (wasExhausted) this.#serveAll();
    else this.#serveKey(group);
  }

  /** One pass is enough, here as below: what serves one waiter frees nothing for an older one. */
  #serveAll(): void {
    for (const waiter of this.#queue) {
      if (this.#inventory.isExhausted) return;
      this.#serve(waiter);
    }
  }

  #serveKey(group: KeyGroup<V>): void {
    for (const waiter of this.#queue.of(group)) {
      if (this.#inventory.fullCap(group) !== undefined) return;
      this.#serve(waiter);
    }
  }

  #serve(waiter: Waiter<V, Grant<V, R>>): void {
    const { group, accepts, mayOpen } = waiter;
    const grant = this.#reservation(group, accepts) ?? (mayOpen ? this.#permit(group) : undefined);
    if (grant !== undefined) this.#queue.serve(waiter, grant);
  }

  #reservation(group: KeyGroup<V>, accepts: (variant: string) => boolean): Reservation<V, R> | undefined {
    const { shelf } = this.#inventory;
    if (!shelf.hasSpare(group, accepts)) return undefined;
    shelf.reserve(group);
    return new Reservation(this.#host, group);
  }

  #permit(group: KeyGroup<V>): Permit<V, R> | undefined {
    if (this.#inventory.fullCap(group) !== undefined) return undefined;
    return new Permit(this.#host, this.#inventory.connect(group));
  }

  /** The waiter keeps its place when the time is over: it came before those who joined meanwhile. */
  #awaitReturn(waiter: Waiter<V, Grant<V, R>>): void {
    waiter.awaitsReturn = true;
    this.#queue.setAlarm(waiter, this.#inventory.limits.returnWaitMs, () => {
      waiter.awaitsReturn = false;
      this.#serveKey(waiter.group);
      if (waiter.isWaiting) this.#awaitRoom(waiter);
    });
  }

  #awaitRoom(waiter: Waiter<V, Grant<V, R>>): void {
    this.#queue.setAlarm(waiter, this.#inventory.limits.maxWaitMs, () => this.#expire(waiter));
  }

  #expire(waiter: Waiter<V, Grant<V, R>>): void {
    const cap = this.#inventory.fullCap(waiter.group) ?? 'total';
    const { maxPerKey, maxTotal } = this.#inventory.limits;
    const waitedMs = this.#clock.now() - waiter.sinceMs;
    this.#queue.refuse(waiter, new CheckoutTimeoutError(cap, cap === 'key' ? maxPerKey : maxTotal, waitedMs));
  }
}

function acceptAny(): boolean {
  return true;
}

function acceptNone(): boolean {
  return false;
}
