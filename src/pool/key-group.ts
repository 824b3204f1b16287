import { LinkedList } from './linked-list.ts';
import type { PoolEntry } from './pool-entry.ts';
import { StateCounts } from './state-counts.ts';

/** All that the pool knows of one key; lives as long as anything of that key does. */
export class KeyGroup<V extends object> {
  readonly key: string;
  readonly counts: StateCounts = new StateCounts();
  /** Least recently parked first. */
  readonly parked: LinkedList<PoolEntry<V>> = new LinkedList<PoolEntry<V>>();
  /** Open reservations; more than are parked once the owner has retired what they counted on. */
  reserved = 0;
  waiting = 0;

  constructor(key: string) {
    this.key = key;
  }

  /** Parked connections that no reservation counts on. */
  get spare(): number {
    return Math.max(0, this.parked.size - this.reserved);
  }

  get isUnused(): boolean {
    return this.counts.open === 0 && this.reserved === 0 && this.waiting === 0;
  }
}

/** The groups by key. Each stays only while it is used, so that keys of long ago cost nothing. */
export class KeyGroups<V extends object> implements Iterable<KeyGroup<V>> {
  readonly #byKey = new Map<string, KeyGroup<V>>();

  get size(): number {
    return this.#byKey.size;
  }

  find(key: string): KeyGroup<V> | undefined {
    return this.#byKey.get(key);
  }

  findOrAdd(key: string): KeyGroup<V> {
    let group = this.#byKey.get(key);
    if (group === undefined) {
      group = new KeyGroup<V>(key);
      this.#byKey.set(key, group);
    }
    return group;
  }

  /** To be called whenever something of the group ends. */
  forgetIfUnused(group: KeyGroup<V>): void {
    if (group.isUnused) this.#byKey.delete(group.key);
  }

  [Symbol.iterator](): Iterator<KeyGroup<V>> {
    return this.#byKey.values();
  }
}
