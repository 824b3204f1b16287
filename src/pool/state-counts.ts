import type { EntryState } from './pool-entry.ts';

/** How many connections stand in each state inside the pool. */
export class StateCounts {
  readonly #in: Record<EntryState, number> = {
    new: 0,
    connecting: 0,
    leased: 0,
    resetting: 0,
    parked: 0,
    closed: 0,
  };
  #open = 0;

  /** Connections inside the pool, those being opened included: what the caps count. */
  get open(): number {
    return this.#open;
  }

  of(state: Exclude<EntryState, 'new' | 'closed'>): number {
    return this.#in[state];
  }

  moved(from: EntryState, to: EntryState): void {
    this.#in[from] -= 1;
    this.#in[to] += 1;
    if (from === 'new') this.#open += 1;
    if (to === 'closed') this.#open -= 1;
  }
}
