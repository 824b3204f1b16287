import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { mailServer, PASSWORD, parkOne, startProxied, USER } from '../../support/proxied-server.ts';

const BYE = '* BYE [UNAVAILABLE] Proxy is shutting down\r\n';

describe('A proxy that is told to stop', () => {
  it('logs its parked connections out', async () => {
    const { proxy, upstream } = await startProxied();
    await parkOne(proxy);
    await parkOne(proxy, 'bob');

    await proxy.stop();

    for (const index of [0, 1]) {
      expect((await upstream(index)).received).toMatch(/\r\n\S+ LOGOUT\r\n$/);
    }
    expect(proxy.pool).toMatchObject({ parked: 0 });
  });

  it('says BYE at once to clients of which nothing can be lost', async () => {
    const { proxy } = await startProxied();
    await parkOne(proxy);
    using stranger = await ImapClient.connect(proxy.port);
    await stranger.readGreeting();
    using reserved = await ImapClient.login(proxy.port, USER, PASSWORD);
    await proxy.waitForPool({ reserved: 1 });

    const stopped = proxy.stop();

    expect(await stranger.readToEnd()).toBe(BYE);
    expect(await reserved.readToEnd()).toBe(BYE);
    stranger.close();
    reserved.close();
    await stopped;
  });

  it('lets a running session finish, and takes no new client', async () => {
    const { proxy, upstream } = await startProxied();
    using client = await ImapClient.login(proxy.port, USER, PASSWORD);
    const { port } = proxy;

    const stopped = proxy.stop();

    await expect(ImapClient.connect(port)).rejects.toThrow('ECONNREFUSED');
    expect((await client.command('NOOP')).status).toBe('OK');
    expect((await client.logout()).untagged).toEqual(['* BYE LOGOUT received']);
    await stopped;
    expect((await upstream(0)).received).toMatch(/\r\n\S+ LOGOUT\r\n$/);
  });

  it('ends what still runs after drain_timeout with BYE, and not before', async () => {
    const { proxy } = await startProxied(mailServer(), { directives: { drain_timeout: 7 } });
    using client = await ImapClient.login(proxy.port, USER, PASSWORD);
    const stopped = proxy.stop();

    proxy.advance(6_999);
    expect((await client.command('NOOP')).status).toBe('OK');
    proxy.advance(1);

    expect(await client.readToEnd()).toBe(BYE);
    client.close();
    await stopped;
    expect(proxy.log('session ended')).toMatchObject([{ reason: 'shutdown' }]);
  });
});

describe('Without its server the proxy', () => {
  it('greets with what every server knows, refuses logins, and accepts them once the server is there', async () => {
    const { proxy } = await startProxied(
      async (connection, index) => {
        if (index === 0) connection.reset();
        else await mailServer()(connection, index);
      },
      { probe: async (connection) => connection.reset() },
    );
    using client = await ImapClient.connect(proxy.port);

    expect(await client.readGreeting()).toBe(
      '* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=LOGIN] IMAP4rev1 service ready',
    );
    expect((await client.command(`LOGIN ${USER} "${PASSWORD}"`)).tagged).toBe(
      'NO [UNAVAILABLE] Mail server is not available at the moment',
    );
    await client.login(USER, PASSWORD);
    expect((await client.command('NOOP')).status).toBe('OK');
    using later = await ImapClient.connect(proxy.port);
    expect(await later.readGreeting()).toMatch(/ Scripted server ready$/);
  });
});
