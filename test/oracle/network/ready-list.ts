import type { Random } from '../random.ts';

/** Something that may happen next. */
export interface Event {
  happen(): void;
}

/** What may happen next; joining, leaving and picking one by chance cost the same however many there are. */
export class ReadyList<T extends object = Event> {
  readonly #items: T[] = [];
  readonly #places = new Map<T, number>();

  get size(): number {
    return this.#items.length;
  }

  set(item: T, isReady: boolean): void {
    if (isReady) this.#add(item);
    else this.remove(item);
  }

  remove(item: T): void {
    const place = this.#places.get(item);
    if (place === undefined) return;
    const last = this.#items.pop();
    this.#places.delete(item);
    if (last === undefined || last === item) return;
    this.#items[place] = last;
    this.#places.set(last, place);
  }

  pick(random: Random): T | undefined {
    return this.#items[random.below(this.#items.length)];
  }

  [Symbol.iterator](): Iterator<T> {
    return [...this.#items][Symbol.iterator]();
  }

  #add(item: T): void {
    if (this.#places.has(item)) return;
    this.#places.set(item, this.#items.length);
    this.#items.push(item);
  }
}
