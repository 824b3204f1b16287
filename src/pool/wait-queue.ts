import type { Clock } from '../base/clock.ts';
import type { KeyGroup, KeyGroups } from './key-group.ts';
import { Link, LinkedList } from './linked-list.ts';

/**
 * Those who wait for a connection, in order of arrival over all keys; `G` is what they wait for.
 * Whoever leaves takes their timer and abort listener along.
 */
export class WaitQueue<V extends object, G> implements Iterable<Waiter<V, G>> {
  readonly #clock: Clock;
  readonly #groups: KeyGroups<V>;
  readonly #waiters = new LinkedList<Waiter<V, G>>();
  readonly #byKey = new Map<KeyGroup<V>, LinkedList<Waiter<V, G>>>();
  #waits = 0;
  #waitedMs = 0;
  #longestWaitMs = 0;

  constructor(clock: Clock, groups: KeyGroups<V>) {
    this.#clock = clock;
    this.#groups = groups;
  }

  get size(): number {
    return this.#waiters.size;
  }

  /** Waits that have ended, well or badly. */
  get waits(): number {
    return this.#waits;
  }

  get waitedMs(): number {
    return this.#waitedMs;
  }

  get longestWaitMs(): number {
    return this.#longestWaitMs;
  }

  /** Joins at the end; an abort of `signal` refuses the waiter with the signal's reason. */
  join(group: KeyGroup<V>, accepts: (variant: string) => boolean, signal: AbortSignal): Waiter<V, G> {
    const waiter = new Waiter<V, G>(group, accepts, this.#clock.now());
    const onAbort = () => this.refuse(waiter, signal.reason);
    signal.addEventListener('abort', onAbort);
    waiter.unlisten = () => signal.removeEventListener('abort', onAbort);
    this.#waiters.append(waiter.byArrival);
    this.#listOf(group).append(waiter.byKey);
    group.waiting += 1;
    return waiter;
  }

  /** Runs `task` after `delayMs` unless the waiter has left by then; replaces an earlier alarm. */
  setAlarm(waiter: Waiter<V, G>, delayMs: number, task: () => void): void {
    waiter.cancelAlarm?.();
    waiter.cancelAlarm = this.#clock.after(delayMs, task);
  }

  serve(waiter: Waiter<V, G>, grant: G): void {
    this.#leave(waiter);
    waiter.outcome.resolve(grant);
  }

  refuse(waiter: Waiter<V, G>, reason: unknown): void {
    this.#leave(waiter);
    waiter.outcome.reject(reason);
  }

  /** Those who wait for the group's key, oldest first; the one just given, and no other, may leave on the way. */
  of(group: KeyGroup<V>): Iterable<Waiter<V, G>> {
    return this.#byKey.get(group) ?? [];
  }

  /** Oldest first; the waiter just given, and no other, may leave on the way. */
  [Symbol.iterator](): Iterator<Waiter<V, G>> {
    return this.#waiters[Symbol.iterator]();
  }

  #leave(waiter: Waiter<V, G>): void {
    const { group } = waiter;
    this.#waiters.remove(waiter.byArrival);
    this.#listOf(group).remove(waiter.byKey);
    group.waiting -= 1;
    if (group.waiting === 0) this.#byKey.delete(group);
    this.#groups.forgetIfUnused(group);
    waiter.cancelAlarm?.();
    waiter.unlisten?.();
    const waitedMs = this.#clock.now() - waiter.sinceMs;
    this.#waits += 1;
    this.#waitedMs += waitedMs;
    this.#longestWaitMs = Math.max(this.#longestWaitMs, waitedMs);
  }

  #listOf(group: KeyGroup<V>): LinkedList<Waiter<V, G>> {
    let list = this.#byKey.get(group);
    if (list === undefined) {
      list = new LinkedList();
      this.#byKey.set(group, list);
    }
    return list;
  }
}

/** One who waits; only the queue and the pool see it. */
export class Waiter<V extends object, G> {
  readonly group: KeyGroup<V>;
  readonly accepts: (variant: string) => boolean;
  /** When it came, in ms of the pool's clock. */
  readonly sinceMs: number;
  /** Its place among all who wait. */
  readonly byArrival: Link<Waiter<V, G>> = new Link<Waiter<V, G>>(this);
  /** Its place among those who wait for its key. */
  readonly byKey: Link<Waiter<V, G>> = new Link<Waiter<V, G>>(this);
  readonly outcome: PromiseWithResolvers<G> = Promise.withResolvers<G>();
  /** Still within the time in which a resetting connection is worth more than a new one. */
  awaitsReturn = false;
  cancelAlarm: (() => void) | undefined;
  unlisten: (() => void) | undefined;

  constructor(group: KeyGroup<V>, accepts: (variant: string) => boolean, sinceMs: number) {
    this.group = group;
    this.accepts = accepts;
    this.sinceMs = sinceMs;
  }

  get isWaiting(): boolean {
    return this.byArrival.list !== undefined;
  }

  /** False while its key is resetting a connection for each of those who wait for that key. */
  get mayOpen(): boolean {
    return !this.awaitsReturn || this.group.waiting > this.group.counts.of('resetting');
  }
}
