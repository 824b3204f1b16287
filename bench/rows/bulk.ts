import type { BulkJob } from '../load/jobs/bulk.ts';
import { eachUs, type RowRun } from '../row-run.ts';

/** One large message in each direction. */
export async function measureBulk(run: RowRun): Promise<void> {
  const { clear } = await run.nullServer();
  const load = run.loadThread();
  const field = await run.field(clear);
  const megabytes = run.pick(256, 64);
  await run.rounds(run.pick(5, 1), field, async (contestant) => {
    const { address } = contestant;
    await load.run({ kind: 'hold', address, users: ['bulk'] });
    const job = (direction: BulkJob['direction']): BulkJob => ({ kind: 'bulk', direction, megabytes });
    const [fetchMs, fetchCpuMs] = await run.timed(contestant, () => load.run(job('fetch')));
    const [appendMs, appendCpuMs] = await run.timed(contestant, () => load.run(job('append')));
    await load.run({ kind: 'release' });
    return {
      'bulk.fetch-rate': megabytes / (fetchMs / 1000),
      'bulk.fetch-cpu': eachUs(fetchCpuMs, megabytes),
      'bulk.append-rate': megabytes / (appendMs / 1000),
      'bulk.append-cpu': eachUs(appendCpuMs, megabytes),
    };
  });
}
