import { afterAll, beforeAll, expect, it } from 'vitest';
import { Dovecot } from '../../support/dovecot.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { expectCleanLogin } from '../support/sessions.ts';
import { randomSession, seededRandom } from './random-sessions.ts';

const CLIENTS = 200;
const STORM_MS = 5_000;
const USERS = Array.from({ length: 50 }, (_, index) => `user${index + 1}`);

describeWith(['dovecot-imapd'], 'Pool after a storm of sessions that end anyhow', () => {
  let dovecot: Dovecot;
  let proxy: InProcessProxy;

  beforeAll(async () => {
    dovecot = await Dovecot.start({ users: USERS });
    proxy = await InProcessProxy.start(dovecot.port, { server_wait_timeout: 30 });
  });

  afterAll(async () => {
    await proxy.stop();
    await dovecot.stop();
  });

  it(`leases nothing and gives each user a clean session, after ${CLIENTS} clients at a time`, async () => {
    const seed = Date.now() % 2 ** 32;
    const endAt = performance.now() + STORM_MS;
    let sessions = 0;
    const storm = async (_: unknown, index: number): Promise<void> => {
      const random = seededRandom(seed + index);
      while (performance.now() < endAt) {
        await randomSession(proxy.port, USERS[index % USERS.length] ?? '', random);
        sessions += 1;
      }
    };

    const ends = await Promise.allSettled(Array.from({ length: CLIENTS }, storm));
    const failures = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    expect(failures, `seed ${seed}`).toEqual([]);
    expect(sessions).toBeGreaterThan(CLIENTS);

    const after = await proxy.settled();
    await waitUntil(() => proxy.clients === 0, { what: `the end of the last client, seed ${seed}` });
    expect(after.parked, `seed ${seed}`).toBeGreaterThan(0);
    expect(after.parked).toBeLessThanOrEqual(4 * USERS.length);
    expect(after.closed, `seed ${seed}`).not.toHaveProperty('reset failed');
    expect(proxy.log.filter(({ level }) => level === 'error')).toEqual([]);
    for (const user of USERS) await expectCleanLogin(proxy.port, user);
    expect((await proxy.settled()).leased).toBe(0);
  });
});
