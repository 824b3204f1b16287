import type { Address } from '../load/address.ts';
import type { ViewsJob } from '../load/jobs/views.ts';
import { median, quantile } from '../measure/statistics.ts';
import { eachUs, type RowRun } from '../row-run.ts';
import { users } from './users.ts';

const CLIENTS = 10;
/** More than clients, so that nobody waits for his own connection to be put away. */
const USERS = users('hot', 40);

/** Page views of users who have been there before, one at a time and ten at a time; the LOGIN in them. */
export async function measurePageViews(run: RowRun): Promise<void> {
  const { clear } = await run.nullServer();
  const load = run.loadThread();
  const field = await run.field(clear);
  await run.rounds(run.pick(5, 1), field, async (contestant, isWarmUp) => {
    const { name, address } = contestant;
    // A page view through the classic daemon takes 44 ms.
    const aloneViews = name === 'classic' ? run.pick(15, 5) : run.pick(200, 40);
    const views = name === 'classic' ? run.pick(150, 30) : run.pick(800, 200);
    // Ours is compiled while it runs: it meets some page views before they count.
    if (isWarmUp) await load.run(viewsJob(address, name === 'classic' ? views : 2 * views, CLIENTS));
    const [alone, aloneMs] = await run.timed(contestant, () => load.run(viewsJob(address, aloneViews, 1)));
    const [many, manyMs] = await run.timed(contestant, () => load.run(viewsJob(address, views, CLIENTS)));
    return {
      'page-view.wall': median(alone.viewMs),
      'page-view.cpu-alone': eachUs(aloneMs, aloneViews),
      'page-view.cpu': eachUs(manyMs, views),
      'page-view.rate': views / (many.elapsedMs / 1000),
      'login.p50': median(alone.loginMs),
      'login.p99': quantile(alone.loginMs, 0.99),
    };
  });
}

function viewsJob(address: Address, views: number, clients: number): ViewsJob {
  return { kind: 'views', address, conversation: 'page view', views, clients, users: USERS };
}
