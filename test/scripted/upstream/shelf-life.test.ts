import { afterEach, describe, expect, it, vi } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, type ProxiedServer, parkOne, startProxied, USER } from '../../support/proxied-server.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Nothing else ends a parked connection while these tests last. */
const LONG_PARKED = { cache_expiration_time: 864_000, reauth_interval: 0 };

const LIFETIME_MS = 3_600_000;

function start(directives: Readonly<Record<string, number>> = {}): Promise<ProxiedServer> {
  return startProxied(undefined, { directives: { ...LONG_PARKED, ...directives } });
}

async function logIn({ proxy }: ProxiedServer, user = USER): Promise<ImapClient> {
  return ImapClient.login(proxy.port, user, PASSWORD);
}

/** A session that needs its connection. */
async function visit(setup: ProxiedServer): Promise<void> {
  const client = await logIn(setup);
  await client.command('NOOP');
  await client.logout();
  await setup.proxy.waitForPool({ leased: 0, resetting: 0 });
}

afterEach(() => void vi.restoreAllMocks());

describe('`server_lifetime`', () => {
  it('ends a parked connection that long after its login, politely, however often it was used', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const setup = await start();
    await visit(setup);
    for (let count = 0; count < 6; count += 1) {
      setup.proxy.advance(LIFETIME_MS / 6 - 1);
      await visit(setup);
    }
    expect(setup.proxy.pool).toMatchObject({ parked: 1, created: 1 });

    setup.proxy.advance(6);

    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'age limit': 1 } });
    const connection = await setup.upstream(0);
    await waitUntil(() => connection.received.endsWith(' LOGOUT\r\n'), { what: 'LOGOUT' });
  });

  it('is up to a tenth shorter for each connection, so that not all end at once', async () => {
    const random = vi.spyOn(Math, 'random');
    const setup = await start();
    for (const [index, share] of [0, 0.5, 0.999_999].entries()) {
      random.mockReturnValue(share);
      await parkOne(setup.proxy, `user${index}`);
    }

    const left = [0.9, 0.05, 0.05].map((share) => {
      setup.proxy.advance(LIFETIME_MS * share);
      return setup.proxy.pool.parked;
    });

    expect(left).toEqual([3, 1, 0]);
    expect(setup.proxy.pool).toMatchObject({ closed: { 'age limit': 3 } });
  });

  it('ends a connection in use when its session is over, not before', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const setup = await start({ client_idle_timeout: 864_000 });
    const client = await logIn(setup);
    setup.proxy.advance(LIFETIME_MS);
    expect((await client.command('NOOP')).status).toBe('OK');

    await client.logout();

    await setup.proxy.waitForPool({ leased: 0, parked: 0, closed: { 'age limit': 1 } });
  });

  it('ends one that a session counts on, which gets another one', async () => {
    const setup = await start({ client_idle_timeout: 864_000 });
    await visit(setup);
    const client = await logIn(setup);
    setup.proxy.advance(LIFETIME_MS);
    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'age limit': 1 } });

    expect((await client.command('NOOP')).status).toBe('OK');

    expect(setup.upstreams()).toHaveLength(2);
    await client.logout();
  });

  it('of 0 ends none', async () => {
    const setup = await start({ server_lifetime: 0 });
    await visit(setup);

    setup.proxy.advance(100 * LIFETIME_MS);
    await visit(setup);

    expect(setup.proxy.pool).toMatchObject({ parked: 1, created: 1 });
  });
});

describe('`server_max_uses`', () => {
  it('ends a connection with the last session that it serves', async () => {
    const setup = await start({ server_max_uses: 3 });

    for (let count = 0; count < 2; count += 1) await visit(setup);
    expect(setup.proxy.pool).toMatchObject({ parked: 1, created: 1 });
    await visit(setup);

    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'use limit': 1 } });
    for (let count = 0; count < 3; count += 1) await visit(setup);
    expect(setup.proxy.pool).toMatchObject({ parked: 0, created: 2, closed: { 'use limit': 2 } });
  });

  it('does not count sessions that were answered from memory throughout', async () => {
    const setup = await start({ server_max_uses: 2 });
    await visit(setup);

    for (let count = 0; count < 5; count += 1) await (await logIn(setup)).logout();
    await visit(setup);

    expect(setup.proxy.pool).toMatchObject({ parked: 0, created: 1, closed: { 'use limit': 1 } });
  });

  it('of 1 means a login for each session that needs the server', async () => {
    const setup = await start({ server_max_uses: 1 });

    for (let count = 0; count < 3; count += 1) await visit(setup);

    expect(setup.proxy.pool).toMatchObject({ parked: 0, created: 3, closed: { 'use limit': 3 } });
  });

  it('of 0 ends none', async () => {
    const setup = await start({ server_max_uses: 0 });

    for (let count = 0; count < 20; count += 1) await visit(setup);

    expect(setup.proxy.pool).toMatchObject({ parked: 1, created: 1 });
  });
});
