import { median } from '../measure/statistics.ts';
import { eachUs, type RowRun } from '../row-run.ts';
import { users } from './users.ts';

/** Page views of users who have not been there before: each of them costs a login at the server. */
export async function measureColdPageViews(run: RowRun): Promise<void> {
  const { clear } = await run.nullServer();
  const load = run.loadThread();
  const field = await run.field(clear);
  let round = 0;
  await run.rounds(run.pick(5, 1), field, async (contestant) => {
    const { name, address } = contestant;
    const views = name === 'classic' ? run.pick(60, 10) : run.pick(300, 50);
    round += 1;
    const newcomers = users(`cold${round}-`, views);
    const [result, ms] = await run.timed(contestant, () =>
      load.run({ kind: 'views', address, conversation: 'page view', views, clients: 1, users: newcomers }),
    );
    return { 'cold.wall': median(result.viewMs), 'cold.cpu': eachUs(ms, views) };
  });
}
