import type { EntryState } from './pool-entry.ts';
import type { PoolCloseReason } from './pool-events.ts';

/** What the pool holds at one moment, and what it has done since its start. */
export interface PoolSnapshot<R extends string = string> {
  /** Permits out. */
  readonly connecting: number;
  readonly leased: number;
  readonly resetting: number;
  readonly parked: number;
  /** Open reservations. */
  readonly reserved: number;
  /** Waiting in `acquire`. */
  readonly waiting: number;
  /** Keys of which there is anything. */
  readonly keys: number;
  /** Permits fulfilled. */
  readonly created: number;
  /** Reservations claimed. */
  readonly reused: number;
  /** Connections closed; a reason that never occurred is absent. */
  readonly closed: Readonly<Partial<Record<R | PoolCloseReason, number>>>;
  /** Waits in `acquire` that have ended, well or badly. */
  readonly waits: number;
  /** Sum of those waits, in ms. */
  readonly waitedMs: number;
  /** Longest of those waits, in ms. */
  readonly longestWaitMs: number;
}

/** What the pool counts over its whole life. */
export class PoolCounters<R extends string> {
  #created = 0;
  #reused = 0;
  readonly #closed: Partial<Record<R | PoolCloseReason, number>> = {};

  moved(from: EntryState, to: EntryState): void {
    if (to !== 'leased') return;
    if (from === 'connecting') this.#created += 1;
    else this.#reused += 1;
  }

  closed(reason: R | PoolCloseReason): void {
    this.#closed[reason] = (this.#closed[reason] ?? 0) + 1;
  }

  read(): Pick<PoolSnapshot<R>, 'created' | 'reused' | 'closed'> {
    return { created: this.#created, reused: this.#reused, closed: { ...this.#closed } };
  }
}
