import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { mailServer, PASSWORD, parkOne, startProxied, USER } from '../../support/proxied-server.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** The whole session of a client, greeting included, as it went on the wire. */
async function sessionOf(port: number): Promise<string> {
  const client = await ImapClient.connect(port);
  await client.send(`a LOGIN ${USER} "${PASSWORD}"\r\nb NOOP\r\nc LOGOUT\r\n`);
  return client.readToEnd().finally(() => client.close());
}

describe('A parked connection on which the server', () => {
  it.each<[string, string, (connection: ScriptedConnection) => void | Promise<void>]>([
    ['sends FIN', 'closed by server', (connection) => connection.cut()],
    ['sends RST', 'closed by server', (connection) => connection.reset()],
    ['sends BYE', 'unexpected octets', (connection) => connection.send('* BYE Autologout; idle\r\n')],
    ['sends EXISTS', 'unexpected octets', (connection) => connection.send('* 4 EXISTS\r\n')],
    ['sends an alert', 'unexpected octets', (connection) => connection.send('* OK [ALERT] Soon\r\n')],
    ['sends a second answer to the reset', 'unexpected octets', (connection) => connection.send('P2 OK\r\n')],
    ['sends one stray octet', 'unexpected octets', (connection) => connection.send('*')],
  ])('%s is closed, and the next login gets a new one without a trace of it', async (_, reason, act) => {
    const { proxy, upstreams, upstream } = await startProxied();
    const ordinary = await sessionOf(proxy.port);
    await proxy.waitForPool({ parked: 1 });

    await act(await upstream(0));
    await proxy.waitForPool({ parked: 0, closed: { [reason]: 1 } });

    expect(await sessionOf(proxy.port)).toBe(ordinary);
    expect(upstreams()).toHaveLength(2);
  });

  it('says BYE and sends FIN at once is closed', async () => {
    const { proxy, upstream } = await startProxied();
    await parkOne(proxy);
    const connection = await upstream(0);

    await connection.send('* BYE Server shutting down\r\n');
    connection.cut();

    await proxy.waitForPool({ parked: 0, closed: { 'unexpected octets': 1 } });
  });
});

it('A restart of the server costs 20 parked connections and no login', async () => {
  const { proxy, upstreams } = await startProxied();
  const users = Array.from({ length: 20 }, (_, index) => `user${index}`);
  for (const user of users) await parkOne(proxy, user);

  for (const connection of upstreams()) connection.cut();
  await proxy.waitForPool({ parked: 0, keys: 0, closed: { 'closed by server': 20 } });
  for (const user of users) await parkOne(proxy, user);

  expect(upstreams()).toHaveLength(40);
  expect(proxy.log('login')).toHaveLength(40);
});

describe('A parked connection', () => {
  it('is told LOGOUT when nobody has asked for it in cache_expiration_time', async () => {
    const { proxy, server, upstream } = await startProxied(undefined, {
      directives: { cache_expiration_time: 60 },
    });
    await parkOne(proxy);

    proxy.advance(60_000);
    expect(proxy.pool).toMatchObject({ parked: 1 });
    proxy.advance(1);

    expect(proxy.pool).toMatchObject({ parked: 0, closed: { idle: 1 } });
    await server.finished();
    expect((await upstream(0)).received).toMatch(/NOOP\r\nP3 LOGOUT\r\n$/);
  });

  it('starts its time anew with each session', async () => {
    const { proxy, upstreams } = await startProxied(mailServer(), {
      directives: { cache_expiration_time: 60 },
    });
    await parkOne(proxy);
    proxy.advance(50_000);
    const client = await ImapClient.login(proxy.port, USER, PASSWORD);
    await client.command('NOOP');
    await client.logout();
    await proxy.waitForPool({ parked: 1, reused: 1 });

    proxy.advance(50_000);

    expect(proxy.pool).toMatchObject({ parked: 1 });
    expect(upstreams()).toHaveLength(1);
  });

  it('is closed by the proxy if the server does not close it after LOGOUT', async () => {
    const { proxy, upstream } = await startProxied(
      async (connection, index) => {
        await mailServer()(connection, index);
        await connection.stall();
      },
      { directives: { cache_expiration_time: 1 } },
    );
    await parkOne(proxy);
    const connection = await upstream(0);
    proxy.advance(2_000);
    await waitUntil(() => connection.ending !== undefined, { what: 'the end of the connection' });
  });

  it('is not kept at all with cache_expiration_time 0', async () => {
    const { proxy, upstreams } = await startProxied(undefined, { directives: { cache_expiration_time: 0 } });

    for (let session = 0; session < 2; session += 1) {
      const client = await ImapClient.login(proxy.port, USER, PASSWORD);
      await client.logout();
      await proxy.waitForPool({ leased: 0, resetting: 0, parked: 0, closed: { surplus: session + 1 } });
    }

    expect(upstreams()).toHaveLength(2);
  });

  it('beyond max_parked_per_user makes the one parked longest go', async () => {
    const { proxy, upstreams } = await startProxied(undefined, { directives: { max_parked_per_user: 2 } });
    const clients: ImapClient[] = [];
    for (let count = 0; count < 3; count += 1) {
      clients.push(await ImapClient.login(proxy.port, USER, PASSWORD));
    }
    for (const [index, client] of clients.entries()) {
      await client.logout();
      await proxy.waitForPool({ leased: 2 - index, resetting: 0 });
    }

    await proxy.waitForPool({ parked: 2, closed: { surplus: 1 } });
    await waitUntil(() => upstreams()[0]?.received.endsWith('LOGOUT\r\n'), { what: 'LOGOUT to the first' });
  });
});
