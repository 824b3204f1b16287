import { setTimeout as delay } from 'node:timers/promises';

/** How often a condition is looked at, in ms: often enough that no test waits noticeably longer than it must. */
const POLL_MS = 5;

const DEFAULT_DEADLINE_MS = 5_000;

export interface WaitOptions {
  /** What is awaited, as it shall read in "Waited 5000 ms in vain for ...". */
  readonly what: string;
  /** Default 5000. */
  readonly deadlineMs?: number;
}

/**
 * Waits until `condition` gives something other than `false` or `undefined` and returns that.
 * The replacement for every sleep in a test.
 *
 * @throws Error naming `what` when the deadline passes first; whatever `condition` throws.
 */
export async function waitUntil<T>(
  condition: () => T | false | undefined | Promise<T | false | undefined>,
  { what, deadlineMs = DEFAULT_DEADLINE_MS }: WaitOptions,
): Promise<T> {
  const startedAt = performance.now();
  for (;;) {
    const value = await condition();
    if (value !== false && value !== undefined) return value;
    if (performance.now() - startedAt > deadlineMs) {
      throw new Error(`Waited ${deadlineMs} ms in vain for ${what}`);
    }
    await delay(POLL_MS);
  }
}
