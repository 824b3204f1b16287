import { setTimeout as delay } from 'node:timers/promises';
import type { LoadThread } from '../load/load-thread.ts';
import { quantile } from '../measure/statistics.ts';
import type { RowRun } from '../row-run.ts';
import { users } from './users.ts';

const SESSIONS = 5;
const PAUSE_MS = 2;

/** How long others wait while one client fetches a very large message as fast as it can. */
export async function measureFairness(run: RowRun): Promise<void> {
  const { clear } = await run.nullServer();
  const greedy = run.loadThread();
  const others = run.loadThread();
  const field = await run.field(clear);
  await run.rounds(run.pick(3, 1), field, async ({ address }, isWarmUp) => {
    const megabytes = isWarmUp ? 100 : run.pick(1000, 200);
    await greedy.run({ kind: 'hold', address, users: ['greedy'] });
    await others.run({ kind: 'hold', address, users: users('other', SESSIONS) });
    const idleMs = await pulseDuring(others, () => delay(run.pick(1500, 500)));
    const busyMs = await pulseDuring(others, () =>
      greedy.run({ kind: 'bulk', direction: 'fetch', megabytes }),
    );
    await greedy.run({ kind: 'release' });
    await others.run({ kind: 'release' });
    return { 'fairness.idle': quantile(idleMs, 0.99), 'fairness.busy': quantile(busyMs, 0.99) };
  });
}

async function pulseDuring(others: LoadThread, work: () => Promise<unknown>): Promise<readonly number[]> {
  const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const pulse = others.run({ kind: 'pulse', pauseMs: PAUSE_MS, stop });
  try {
    await work();
  } finally {
    Atomics.store(stop, 0, 1);
  }
  return pulse;
}
