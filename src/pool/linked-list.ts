import { InvariantError } from '../base/errors.ts';

/**
 * Doubly linked list whose items keep their own place in it, so that joining, leaving and looking
 * at either end cost the same however long the list is.
 */
export class LinkedList<T> implements Iterable<T> {
  #first: Link<T> | undefined;
  #last: Link<T> | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): T | undefined {
    return this.#first?.item;
  }

  get last(): T | undefined {
    return this.#last?.item;
  }

  /** @throws InvariantError when the link is in a list already. */
  append(link: Link<T>): void {
    if (link.list !== undefined) throw new InvariantError('link is in a list already');
    link.list = this;
    link.previous = this.#last;
    if (this.#last === undefined) this.#first = link;
    else this.#last.next = link;
    this.#last = link;
    this.#size += 1;
  }

  /** @throws InvariantError when the link is not in this list. */
  remove(link: Link<T>): void {
    if (link.list !== this) throw new InvariantError('link is not in this list');
    if (link.previous === undefined) this.#first = link.next;
    else link.previous.next = link.next;
    if (link.next === undefined) this.#last = link.previous;
    else link.next.previous = link.previous;
    link.list = undefined;
    link.previous = undefined;
    link.next = undefined;
    this.#size -= 1;
  }

  /** First to last; the item just given, and no other, may be removed on the way. */
  *[Symbol.iterator](): Generator<T, void> {
    let link = this.#first;
    while (link !== undefined) {
      const { item, next } = link;
      yield item;
      link = next;
    }
  }

  /** The first item that passes. */
  find(passes: (item: T) => boolean): T | undefined {
    let link = this.#first;
    while (link !== undefined && !passes(link.item)) link = link.next;
    return link?.item;
  }

  /** The last item that passes. */
  findLast(passes: (item: T) => boolean): T | undefined {
    let link = this.#last;
    while (link !== undefined && !passes(link.item)) link = link.previous;
    return link?.item;
  }
}

/** The place of one item in at most one {@link LinkedList}; only the list writes its fields. */
export class Link<T> {
  readonly item: T;
  list: LinkedList<T> | undefined;
  previous: Link<T> | undefined;
  next: Link<T> | undefined;

  constructor(item: T) {
    this.item = item;
  }
}
