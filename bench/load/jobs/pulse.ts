import { setTimeout as delay } from 'node:timers/promises';
import type { HeldSessions } from '../held-sessions.ts';

/** A NOOP now and then in each held session, as people click, until `stop` is set. */
export interface PulseJob {
  readonly kind: 'pulse';
  /** Between an answer and the next NOOP of the same session. */
  readonly pauseMs: number;
  /** One number in shared memory; not 0 means stop. */
  readonly stop: Int32Array;
}

/** Every wait for an answer, in ms. */
export type PulseResult = readonly number[];

export async function runPulse({ pauseMs, stop }: PulseJob, held: HeldSessions): Promise<PulseResult> {
  const waitsMs: number[] = [];
  await Promise.all(
    held.all.map(async (session) => {
      while (Atomics.load(stop, 0) === 0) {
        const saidAt = performance.now();
        await session.command('NOOP');
        waitsMs.push(performance.now() - saidAt);
        await delay(pauseMs);
      }
    }),
  );
  return waitsMs;
}
