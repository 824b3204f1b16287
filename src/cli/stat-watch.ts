import { isDeepStrictEqual } from 'node:util';
import { StatFileError, type Statistics, type StatReading } from '../admin/stat-file.ts';
import type { Clock } from '../base/clock.ts';
import { StatHistory } from './stat-history.ts';

/** What there is to show. */
export interface WatchedStatistics {
  readonly statistics: Statistics;
  readonly history: StatHistory;
  readonly notice: Notice | undefined;
}

/** What a person who reads the numbers must know about them. */
export type Notice =
  | { readonly name: 'unreadable'; readonly reason: string }
  | { readonly name: 'stale'; readonly ageMs: number }
  | { readonly name: 'restarted'; readonly agoMs: number };

/** How old a stat file may be before it is stale, in ms; the daemon writes it every second. */
const FRESH_MS = 5_000;

/** How long a restart is shown, in ms. */
const RESTART_SHOWN_MS = 60_000;

/** Looks at a stat file again and again, and keeps what came of it. */
export class StatWatch {
  readonly #read: () => StatReading;
  readonly #clock: Clock;
  readonly #wallClock: () => Date;
  readonly #history = new StatHistory();
  #reading: StatReading;
  /** When the file last showed that somebody writes it. */
  #changedAtMs = Number.NEGATIVE_INFINITY;
  #restartedAtMs = Number.NEGATIVE_INFINITY;
  #failure: string | undefined;

  /**
   * Looks for the first time.
   *
   * @throws what `read` throws.
   */
  constructor(read: () => StatReading, clock: Clock, wallClock: () => Date = () => new Date()) {
    this.#read = read;
    this.#clock = clock;
    this.#wallClock = wallClock;
    this.#reading = read();
    this.#history.add(this.#reading.statistics, clock.now());
  }

  /** Looks again. A file that cannot be read now is noted, and the last numbers stand. */
  look(): void {
    try {
      this.#accept(this.#read());
      this.#failure = undefined;
    } catch (error) {
      if (!(error instanceof StatFileError)) throw error;
      this.#failure = error.reason;
    }
  }

  /** The last numbers and what is to be said about them, the gravest only. */
  get state(): WatchedStatistics {
    return { statistics: this.#reading.statistics, history: this.#history, notice: this.#notice() };
  }

  #accept(reading: StatReading): void {
    const nowMs = this.#clock.now();
    const before = this.#reading.statistics;
    const { statistics } = reading;
    // A classic daemon maps the file, and its time of change stays behind: then only the numbers tell.
    if (!isDeepStrictEqual(before, statistics)) this.#changedAtMs = nowMs;
    if (before.startTime.getTime() !== statistics.startTime.getTime()) this.#restartedAtMs = nowMs;
    this.#reading = reading;
    this.#history.add(statistics, nowMs);
  }

  #notice(): Notice | undefined {
    if (this.#failure !== undefined) return { name: 'unreadable', reason: this.#failure };
    const nowMs = this.#clock.now();
    const writtenAgoMs = this.#wallClock().getTime() - this.#reading.refreshedAt.getTime();
    const ageMs = Math.min(writtenAgoMs, nowMs - this.#changedAtMs);
    if (ageMs > FRESH_MS) return { name: 'stale', ageMs };
    const agoMs = nowMs - this.#restartedAtMs;
    return agoMs < RESTART_SHOWN_MS ? { name: 'restarted', agoMs } : undefined;
  }
}
