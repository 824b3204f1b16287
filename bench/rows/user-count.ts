import type { Contestant } from '../contestants/contestant.ts';
import type { LoadThread } from '../load/load-thread.ts';
import { settledMemoryKib } from '../measure/memory.ts';
import { provideOpenFiles } from '../measure/open-files.ts';
import { eachUs, type RowRun } from '../row-run.ts';
import { users } from './users.ts';

const FEW = 100;
const MANY = 10_000;
const CLIENTS = 10;
const SETTLE_DEADLINE_MS = 4000;

/**
 * What a page view costs when a hundred users' connections are parked and when ten thousand are, each in a process
 * of its own; and what the memory of the second has grown by meanwhile.
 */
export async function measureUserCount(run: RowRun): Promise<void> {
  const { clear } = await run.nullServer();
  const load = run.loadThread();
  provideOpenFiles(MANY);
  const wishes = { connections: MANY + CLIENTS, parkedSeconds: 3600 };
  const few = {
    metric: 'users.cpu-100',
    users: users('viewer', FEW),
    field: await run.field(clear, ['imapproxyd'], wishes),
  };
  const many = {
    metric: 'users.cpu-10000',
    users: users('viewer', run.pick(MANY, 1000)),
    field: await run.field(clear, ['imapproxyd'], wishes),
  };
  const warmUpViews = run.pick(3000, 400);
  for (const contestant of [...few.field, ...many.field])
    await view(load, contestant, few.users, warmUpViews);
  for (const contestant of many.field) {
    const before = await settled(contestant);
    const newcomers = many.users.slice(FEW);
    await view(load, contestant, newcomers, newcomers.length);
    run.record('imapproxyd', { 'memory.parked': ((await settled(contestant)) - before) / newcomers.length });
  }
  const views = run.pick(1500, 300);
  for (let round = 1; round <= run.pick(5, 1); round += 1) {
    for (const { metric, users: viewers, field } of [few, many]) {
      for (const contestant of field) {
        const [, ms] = await run.timed(contestant, () => view(load, contestant, viewers, views));
        run.record('imapproxyd', { [metric]: eachUs(ms, views) });
      }
    }
  }
}

async function view(
  load: LoadThread,
  { address }: Contestant,
  viewers: readonly string[],
  views: number,
): Promise<void> {
  await load.run({
    kind: 'views',
    address,
    conversation: 'page view',
    views,
    clients: CLIENTS,
    users: viewers,
  });
}

function settled(contestant: Contestant): Promise<number> {
  return settledMemoryKib(() => contestant.pids(), SETTLE_DEADLINE_MS);
}
