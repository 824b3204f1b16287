import { InvariantError } from '../base/errors.ts';
import type { KeyGroup } from './key-group.ts';
import { Link } from './linked-list.ts';

/** Where a connection stands. `new` and `closed` are outside the pool, the others inside it. */
export type EntryState = 'new' | 'connecting' | 'leased' | 'resetting' | 'parked' | 'closed';

const MOVES: Readonly<Record<EntryState, readonly EntryState[]>> = {
  new: ['connecting'],
  connecting: ['leased', 'closed'],
  leased: ['resetting', 'parked', 'closed'],
  resetting: ['parked', 'closed'],
  parked: ['leased', 'closed'],
  closed: [],
};

/** One connection as the pool sees it, from the permit to open it until it is closed. */
export class PoolEntry<V extends object> {
  readonly group: KeyGroup<V>;
  /** Its place among all parked connections. */
  readonly byAge: Link<PoolEntry<V>> = new Link<PoolEntry<V>>(this);
  /** Its place among the parked connections of its key. */
  readonly byKey: Link<PoolEntry<V>> = new Link<PoolEntry<V>>(this);
  /** The state that it carries while parked; `''` is clean. */
  variant = '';
  /** When it was parked last, in ms of the pool's clock. */
  parkedAtMs = 0;
  #state: EntryState = 'new';
  #value: V | undefined;

  constructor(group: KeyGroup<V>) {
    this.group = group;
  }

  get state(): EntryState {
    return this.#state;
  }

  /** @throws InvariantError before {@link PoolEntry.hold}. */
  get value(): V {
    if (this.#value === undefined) throw new InvariantError('pool entry holds no value yet');
    return this.#value;
  }

  /** Takes the value that the opened connection is known by. */
  hold(value: V): void {
    this.#value = value;
  }

  /**
   * Moves on to `state`; only the pool's own `#move` calls it.
   *
   * @throws InvariantError when no connection may move so.
   */
  enter(state: EntryState): void {
    if (!MOVES[this.#state].includes(state)) {
      throw new InvariantError(`pool entry cannot move from ${this.#state} to ${state}`);
    }
    this.#state = state;
  }
}
