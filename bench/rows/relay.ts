import type { Contestant } from '../contestants/contestant.ts';
import type { LoadThread } from '../load/load-thread.ts';
import { median } from '../measure/statistics.ts';
import { eachUs, type RowRun } from '../row-run.ts';
import { users } from './users.ts';

const SESSIONS = 10;
const COMMAND = 'UID FETCH 1 (FLAGS)';

/** A small command and its answer, passed on in sessions that stay open. */
export async function measureRelay(run: RowRun): Promise<void> {
  const { clear } = await run.nullServer();
  const field = await run.field(clear);
  const loads = new Map<Contestant, LoadThread>();
  for (const contestant of field) {
    const load = run.loadThread();
    await load.run({ kind: 'hold', address: contestant.address, users: users('relay', SESSIONS) });
    loads.set(contestant, load);
  }
  const commands = run.pick(1000, 200);
  await run.rounds(run.pick(5, 1), field, async (contestant) => {
    const [result, ms] = await run.timed(contestant, async () =>
      loads.get(contestant)?.run({ kind: 'commands', command: COMMAND, commands }),
    );
    return {
      'relay.cpu': eachUs(ms, SESSIONS * commands),
      'relay.p50': result && median(result.commandMs),
    };
  });
}
