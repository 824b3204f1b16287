import { CONTESTANTS } from '../contestants/contestant.ts';
import { startField } from '../contestants/field.ts';
import type { RowRun } from '../row-run.ts';

/** From the start of the process until a client has read its greeting. */
export async function measureStart(run: RowRun): Promise<void> {
  const { clear } = await run.nullServer();
  const names = CONTESTANTS.filter((name) => name !== 'direct');
  for (let round = 0; round <= run.pick(7, 1); round += 1) {
    await using started = new AsyncDisposableStack();
    for (const { name, startMs } of await startField(names, clear, started)) {
      if (round > 0) run.record(name, { 'start.time': startMs });
    }
  }
}
