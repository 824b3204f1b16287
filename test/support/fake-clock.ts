import type { Clock } from '../../src/base/clock.ts';

/** A clock whose hands the test turns; it starts at 0 ms. */
export class FakeClock implements Clock {
  #nowMs = 0;
  readonly #alarms = new Set<Alarm>();

  /** Tasks still to run: 0 says that nobody left a timer behind. */
  get pending(): number {
    return this.#alarms.size;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, task: () => void): () => void {
    const alarm = { dueMs: this.#nowMs + delayMs, task };
    this.#alarms.add(alarm);
    return () => this.#alarms.delete(alarm);
  }

  /**
   * Lets `ms` go by and runs what falls due, earliest first and in the order of asking where two
   * are due together; each task sees its own time as now, and may ask for more.
   */
  advance(ms: number): void {
    const endMs = this.#nowMs + ms;
    let alarm = this.#nextUntil(endMs);
    while (alarm !== undefined) {
      this.#alarms.delete(alarm);
      this.#nowMs = alarm.dueMs;
      alarm.task();
      alarm = this.#nextUntil(endMs);
    }
    this.#nowMs = endMs;
  }

  #nextUntil(endMs: number): Alarm | undefined {
    let next: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.dueMs <= endMs && (next === undefined || alarm.dueMs < next.dueMs)) next = alarm;
    }
    return next;
  }
}

interface Alarm {
  readonly dueMs: number;
  readonly task: () => void;
}
