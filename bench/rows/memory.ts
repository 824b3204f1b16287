import { writeFileSync } from 'node:fs';
import type { Contestant } from '../contestants/contestant.ts';
import { CONTESTANTS, type ContestantName, type Upstream, type Wishes } from '../contestants/contestant.ts';
import { startField } from '../contestants/field.ts';
import type { LoadThread } from '../load/load-thread.ts';
import { settledMemoryKib } from '../measure/memory.ts';
import { provideOpenFiles } from '../measure/open-files.ts';
import type { RowRun } from '../row-run.ts';
import { users } from './users.ts';

const MANY = 2000;
const MOST = 10_000;
const MANY_TLS = 1000;
const SETTLE_DEADLINE_MS = 5000;
/** So much a process has done before it is looked at, so that its own growing up is not counted. */
const WARM_UP_VIEWS = 1000;

const PROXIES = CONTESTANTS.filter((name) => name !== 'direct');

/** What a session that has logged in and opened a mailbox adds to a proxy's memory. */
export async function measureMemory(run: RowRun): Promise<void> {
  const server = await run.nullServer();
  const load = run.loadThread();
  const many = run.pick(MANY, 400);
  const most = run.pick(provideOpenFiles(MOST), 0);
  if (most > 0 && most < MOST)
    run.note(`This machine allows ${most} sessions in place of ${MOST}: its limit of open files`);

  for (const name of PROXIES) {
    await withContestant(
      run,
      name,
      server.clear,
      { connections: Math.max(many, most) + 1 },
      async (contestant) => {
        const before = await atRest(run, contestant, load);
        await load.run({ kind: 'hold', address: contestant.address, users: users('many', many) });
        run.record(name, { 'memory.2000': ((await settled(run, contestant)) - before) / many });
        if (name === 'imapproxyd' && most > 0) {
          await load.run({ kind: 'hold', address: contestant.address, users: users('most', most - many) });
          run.record(name, {
            'memory.10000': ((await settled(run, contestant)) - before) / most,
            'memory.sessions': most,
          });
        }
        await load.run({ kind: 'release' });
      },
    );
  }
  if (run.pick(true, false)) await measureTls(run, server.clear, server.tls, load, MANY_TLS);
}

async function measureTls(
  run: RowRun,
  clear: Upstream,
  tls: Upstream,
  load: LoadThread,
  count: number,
): Promise<void> {
  const authority = await run.authority();
  const { cert, key } = await authority.issue();
  const pemFile = authority.path('client-side.pem');
  writeFileSync(pemFile, cert + key);
  const clientTls = { pemFile, caFile: authority.certFile };
  const variants = [
    { metric: 'memory.server-tls', upstream: tls, wishes: {} },
    { metric: 'memory.client-tls', upstream: clear, wishes: { clientTls } },
  ];
  for (const { metric, upstream, wishes } of variants) {
    for (const name of PROXIES) {
      await withContestant(run, name, upstream, { ...wishes, connections: count + 1 }, async (contestant) => {
        const before = await atRest(run, contestant, load);
        await load.run({ kind: 'hold', address: contestant.address, users: users('tls', count) });
        run.record(name, { [metric]: ((await settled(run, contestant)) - before) / count });
        await load.run({ kind: 'release' });
      });
    }
  }
}

async function withContestant(
  run: RowRun,
  name: ContestantName,
  upstream: Upstream,
  wishes: Wishes,
  work: (contestant: Contestant) => Promise<void>,
): Promise<void> {
  await run.attempt(name, async () => {
    await using started = new AsyncDisposableStack();
    const [contestant] = await startField([name], upstream, started, wishes);
    if (contestant !== undefined) await work(contestant);
  });
}

/** The memory of a process that has done its work for a while, KiB. */
async function atRest(run: RowRun, contestant: Contestant, load: LoadThread): Promise<number> {
  const { address, name } = contestant;
  // One at a time and few through the classic daemon: 44 ms each.
  const [views, clients] = name === 'classic' ? [20, 4] : [WARM_UP_VIEWS, 10];
  await load.run({
    kind: 'views',
    address,
    conversation: 'page view',
    views,
    clients,
    users: users('warm-up', 10),
  });
  return settled(run, contestant);
}

function settled(run: RowRun, contestant: Contestant): Promise<number> {
  return settledMemoryKib(() => contestant.pids(), run.pick(SETTLE_DEADLINE_MS, 1500));
}
