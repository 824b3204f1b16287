import { fragmenterCall } from '../micro/fragmenter.ts';
import { loginCall } from '../micro/login.ts';
import { poolCall } from '../micro/pool.ts';
import { tapsCall } from '../micro/taps.ts';
import { timeEach } from '../micro/time-each.ts';
import type { RowRun } from '../row-run.ts';

/** Parts of ours alone, in this process: for whoever works on one of them. */
export async function measureMicro(run: RowRun): Promise<void> {
  const calls = {
    'micro.fragmenter': fragmenterCall(),
    'micro.taps': tapsCall(),
    'micro.pool': await poolCall(),
    'micro.login': loginCall(),
  };
  for (const [metric, call] of Object.entries(calls)) {
    for (const ns of timeEach(call, run.pick(20, 5))) run.record('imapproxyd', { [metric]: ns });
  }
}
