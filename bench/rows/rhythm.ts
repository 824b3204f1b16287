import type { RowRun } from '../row-run.ts';

const USERS = 10_000;
const MINUTE_MS = 60 * 1000;
/** The daemon's default, in seconds. */
const PARKED_SECONDS = 300;

/**
 * Ten thousand users who each come once within half an hour and click for a while, with the daemon's defaults.
 * Time runs faster, and `cache_expiration_time` with it.
 */
export async function measureRhythm(run: RowRun): Promise<void> {
  const { clear, process } = await run.nullServer();
  const load = run.loadThread();
  const speed = run.pick(36, 60);
  const users = run.pick(USERS, 500);
  const wishes = { parkedSeconds: PARKED_SECONDS / speed };
  const [contestant] = await run.field(clear, ['imapproxyd'], wishes);
  if (contestant === undefined) throw new Error('Cannot start imapproxyd');
  const before = await process.ask('logins');
  const result = await load.run({
    kind: 'rhythm',
    address: contestant.address,
    users,
    spanMs: run.pick(30, 7) * MINUTE_MS,
    speed,
  });
  const logins = (await process.ask('logins')) - before;
  run.record('imapproxyd', {
    'rhythm.logins': logins,
    'rhythm.hits': (1 - logins / result.views) * 100,
  });
  run.record('direct', { 'rhythm.logins': result.views });
  run.note(
    `rhythm: ${result.users} users, ${result.views} page views at ${speed} times the speed; the latest began ${Math.round(result.latestMs)} ms late`,
  );
}
