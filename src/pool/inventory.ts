import { InvariantError } from '../base/errors.ts';
import { IdleShelf } from './idle-shelf.ts';
import { type KeyGroup, KeyGroups } from './key-group.ts';
import { type EntryState, PoolEntry } from './pool-entry.ts';
import type { PoolCloseReason, PoolEvents } from './pool-events.ts';
import type { PoolLimits } from './pool-limits.ts';
import { PoolCounters, type PoolSnapshot } from './pool-snapshot.ts';
import { StateCounts } from './state-counts.ts';

/**
 * What the pool holds: every connection in exactly one state, the counts of them, and the caps
 * they must keep. Who gets a connection is not its business, but the pool's.
 */
export class Inventory<V extends object, R extends string> {
  readonly groups: KeyGroups<V> = new KeyGroups<V>();
  readonly shelf: IdleShelf<V> = new IdleShelf<V>();
  limits: PoolLimits;
  readonly #events: PoolEvents<V, R>;
  readonly #entries = new Map<V, PoolEntry<V>>();
  readonly #counts = new StateCounts();
  readonly #counters = new PoolCounters<R>();

  constructor(limits: PoolLimits, events: PoolEvents<V, R>) {
    this.limits = limits;
    this.#events = events;
  }

  /** The entry of a parked value. */
  findParked(value: V): PoolEntry<V> | undefined {
    const entry = this.#entries.get(value);
    return entry?.state === 'parked' ? entry : undefined;
  }

  /** Counts a connection that is about to be opened, and closes what is spare beyond the caps then. */
  connect(group: KeyGroup<V>): PoolEntry<V> {
    const entry = new PoolEntry(group);
    this.#move(entry, 'connecting');
    this.trim(group);
    return entry;
  }

  /** @throws InvariantError when the pool holds that value already. */
  fulfil(entry: PoolEntry<V>, value: V): void {
    if (this.#entries.has(value)) throw new InvariantError('pool holds that value already');
    entry.hold(value);
    this.#entries.set(value, entry);
    this.#move(entry, 'leased');
  }

  /** Leases a parked connection. */
  lease(entry: PoolEntry<V>): void {
    this.#move(entry, 'leased');
  }

  beginReset(entry: PoolEntry<V>): void {
    this.#move(entry, 'resetting');
  }

  park(entry: PoolEntry<V>, variant: string, nowMs: number): void {
    entry.variant = variant;
    entry.parkedAtMs = nowMs;
    this.#move(entry, 'parked');
  }

  close(entry: PoolEntry<V>, reason: R | PoolCloseReason): void {
    this.#move(entry, 'closed', reason);
  }

  /** Forgets a connection that was never opened: there is no value to close. */
  giveUp(entry: PoolEntry<V>): void {
    this.#move(entry, 'closed');
  }

  /** No room in total and nothing spare, so that nobody at all can be served. */
  get isExhausted(): boolean {
    return this.#counts.open >= this.limits.maxTotal && this.shelf.spare === 0;
  }

  /** The cap that leaves the group no room for one more, even if all that is spare went. */
  fullCap(group: KeyGroup<V>): 'key' | 'total' | undefined {
    const { maxPerKey } = this.limits;
    if (maxPerKey > 0 && group.counts.open >= maxPerKey && group.spare === 0) return 'key';
    return this.isExhausted ? 'total' : undefined;
  }

  /** Closes what is spare beyond the limits, after something of the group was added or became spare. */
  trim(group: KeyGroup<V>): void {
    this.#trimKey(group);
    this.#trimTotal();
  }

  /** Closes what is spare beyond the limits of any key, then beyond the total. */
  trimAll(): void {
    for (const group of this.groups) this.#trimKey(group);
    this.#trimTotal();
  }

  /** Closes what was parked before `beforeMs` and is spare. */
  sweep(beforeMs: number): void {
    for (const entry of this.shelf) {
      if (entry.parkedAtMs >= beforeMs) return;
      if (entry.group.spare > 0) this.close(entry, 'idle');
    }
  }

  /** Every connection there is, those being opened left out; which are parked with no reservation that counts on them. */
  *list(): Generator<{ readonly value: V; readonly isSpare: boolean }> {
    for (const [value, entry] of this.#entries) {
      yield { value, isSpare: entry.state === 'parked' && !isSetAside(entry) };
    }
  }

  /** The inventory's part of a snapshot. */
  read(): Omit<PoolSnapshot<R>, 'waiting' | 'waits' | 'waitedMs' | 'longestWaitMs'> {
    return {
      connecting: this.#counts.of('connecting'),
      leased: this.#counts.of('leased'),
      resetting: this.#counts.of('resetting'),
      parked: this.#counts.of('parked'),
      reserved: this.shelf.reserved,
      keys: this.groups.size,
      ...this.#counters.read(),
    };
  }

  /** The one door: nothing else changes an entry's state, counts it, or tells the owner. */
  #move(entry: PoolEntry<V>, to: EntryState, reason?: R | PoolCloseReason): void {
    const { group, state: from } = entry;
    entry.enter(to);
    if (from === 'parked') this.shelf.take(entry);
    group.counts.moved(from, to);
    this.#counts.moved(from, to);
    this.#counters.moved(from, to);
    this.#events.moved?.(from, to);
    if (to === 'parked') this.shelf.put(entry);
    if (to !== 'closed') return;
    this.groups.forgetIfUnused(group);
    if (reason === undefined) return;
    this.#entries.delete(entry.value);
    this.#counters.closed(reason);
    this.#events.closed(entry.value, reason, group.key);
  }

  #trimKey(group: KeyGroup<V>): void {
    const { maxPerKey, maxParkedPerKey } = this.limits;
    while (group.parked.size > maxParkedPerKey) {
      if (!this.#drop(this.shelf.oldestSpareOf(group), 'surplus')) break;
    }
    while (maxPerKey > 0 && group.counts.open > maxPerKey) {
      if (!this.#drop(this.shelf.oldestSpareOf(group), 'evicted')) break;
    }
  }

  #trimTotal(): void {
    while (this.#counts.open > this.limits.maxTotal) {
      if (!this.#drop(this.shelf.oldestSpare(), 'evicted')) break;
    }
  }

  #drop(entry: PoolEntry<V> | undefined, reason: PoolCloseReason): boolean {
    if (entry === undefined) return false;
    this.close(entry, reason);
    return true;
  }
}

/** Of those parked of one key, reservations count on the youngest: they are taken first. */
function isSetAside<V extends object>(entry: PoolEntry<V>): boolean {
  const { parked, reserved } = entry.group;
  return reserved > 0 && [...parked].slice(-reserved).includes(entry);
}
