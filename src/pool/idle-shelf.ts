import { InvariantError } from '../base/errors.ts';
import type { KeyGroup } from './key-group.ts';
import { LinkedList } from './linked-list.ts';
import type { PoolEntry } from './pool-entry.ts';

/**
 * The parked connections, by key and by age, and how many of each key are set aside.
 *
 * A reservation counts on one connection of its key, not on a particular one: of a key with three
 * parked and two reserved, one is spare, and only the least recently parked may go.
 */
export class IdleShelf<V extends object> implements Iterable<PoolEntry<V>> {
  readonly #byAge = new LinkedList<PoolEntry<V>>();
  #spare = 0;
  #reserved = 0;

  /** Parked connections of all keys that no reservation counts on. */
  get spare(): number {
    return this.#spare;
  }

  /** Open reservations of all keys. */
  get reserved(): number {
    return this.#reserved;
  }

  put(entry: PoolEntry<V>): void {
    const { group } = entry;
    this.#byAge.append(entry.byAge);
    group.parked.append(entry.byKey);
    if (group.parked.size > group.reserved) this.#spare += 1;
  }

  take(entry: PoolEntry<V>): void {
    const { group } = entry;
    if (group.parked.size > group.reserved) this.#spare -= 1;
    this.#byAge.remove(entry.byAge);
    group.parked.remove(entry.byKey);
  }

  /**
   * Sets one spare connection of the group aside.
   *
   * @throws InvariantError when the group has none.
   */
  reserve(group: KeyGroup<V>): void {
    if (group.spare === 0) throw new InvariantError('no spare connection to reserve');
    group.reserved += 1;
    this.#reserved += 1;
    this.#spare -= 1;
  }

  /** Ends one reservation of the group, used or not. */
  unreserve(group: KeyGroup<V>): void {
    group.reserved -= 1;
    this.#reserved -= 1;
    if (group.parked.size > group.reserved) this.#spare += 1;
  }

  /** Whether the group has a spare connection, and one whose variant is accepted. */
  hasSpare(group: KeyGroup<V>, accepts: (variant: string) => boolean): boolean {
    return group.spare > 0 && group.parked.find((entry) => accepts(entry.variant)) !== undefined;
  }

  /** The most recently parked connection of the group with exactly this variant. */
  newest(group: KeyGroup<V>, variant: string): PoolEntry<V> | undefined {
    return group.parked.findLast((entry) => entry.variant === variant);
  }

  /** The least recently parked connection of the group, unless reservations count on all. */
  oldestSpareOf(group: KeyGroup<V>): PoolEntry<V> | undefined {
    return group.spare > 0 ? group.parked.first : undefined;
  }

  /** The least recently parked spare connection of all keys; passes over those set aside. */
  oldestSpare(): PoolEntry<V> | undefined {
    return this.#spare > 0 ? this.#byAge.find((entry) => entry.group.spare > 0) : undefined;
  }

  /** Least recently parked first; the entry just given, and no other, may be taken on the way. */
  [Symbol.iterator](): Iterator<PoolEntry<V>> {
    return this.#byAge[Symbol.iterator]();
  }
}
