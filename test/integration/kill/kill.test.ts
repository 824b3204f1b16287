import { availableParallelism } from 'node:os';
import { expect, it, vi } from 'vitest';
import { UpstreamPool } from '../../../src/upstream/upstream-pool.ts';
import { describeWith } from '../../support/system-packages.ts';
import { runKillInThreads } from './kill-threads.ts';
import { runKill } from './run-kill.ts';

const { KILL, KILL_SEED } = process.env;
const seed = Number(KILL_SEED ?? Date.now() % 2 ** 32);
/** `KILL=all` makes every cut there is, which takes minutes. */
const sample = KILL === 'all' ? Infinity : 2_000;
const DEADLINE_MS = 15 * 60_000;
/** More would wait for each other. */
const THREADS = Math.min(2, availableParallelism());
/** After how many cuts at least the same connection must have served the next login: else nothing was tried. */
const REUSED_SHARE = 0.02;

describeWith(['dovecot-imapd'], 'The next login, after either side has ended a session at any octet', () => {
  it(`is served as if it were the first one (KILL=${KILL ?? 'sample'} KILL_SEED=${seed})`, {
    timeout: DEADLINE_MS,
  }, async () => {
    const { unclean, ...report } = await runKillInThreads({ seed, sample }, THREADS);
    process.stdout.write(`every-octet kill: ${JSON.stringify({ seed, ...report })}\n`);

    expect(unclean).toEqual([]);
    expect(report.cuts).toBe(Math.min(sample, report.possible));
    expect(report.reused).toBeGreaterThan(report.cuts * REUSED_SHARE);
  });

  it('is found unclean when connections are parked without a reset', async () => {
    using release = vi.spyOn(UpstreamPool.prototype, 'release');
    release.mockImplementation((lease, state) => lease.park(state.variant));

    const { unclean } = await runKill({ seed, sample: 200, maxUnclean: 1 });

    expect(unclean).not.toEqual([]);
  });
});
