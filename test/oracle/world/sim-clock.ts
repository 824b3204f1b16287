import type { Clock } from '../../../src/base/clock.ts';

interface Alarm {
  readonly dueMs: number;
  readonly task: () => void;
}

/** Time in a simulation: it stands still until the schedule lets it go on, by one alarm or one span at a time. */
export class SimClock implements Clock {
  #nowMs = 0;
  /** The latest first. */
  readonly #alarms: Alarm[] = [];

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const alarm = { dueMs: this.#nowMs + Math.max(0, delayMs), task };
    let at = this.#alarms.length;
    while (at > 0 && (this.#alarms[at - 1]?.dueMs ?? 0) <= alarm.dueMs) at -= 1;
    this.#alarms.splice(at, 0, alarm);
    return () => {
      const place = this.#alarms.indexOf(alarm);
      if (place !== -1) this.#alarms.splice(place, 1);
    };
  }

  /** Lets at most `ms` go by, up to the first alarm, which is run. */
  advance(ms: number): void {
    const next = this.#alarms.at(-1);
    if (next === undefined || next.dueMs > this.#nowMs + ms) {
      this.#nowMs += ms;
      return;
    }
    this.#alarms.pop();
    this.#nowMs = Math.max(this.#nowMs, next.dueMs);
    next.task();
  }
}
