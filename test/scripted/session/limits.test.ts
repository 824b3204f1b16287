import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { mailServer, PASSWORD, parkOne, startProxied, USER } from '../../support/proxied-server.ts';
import { waitUntil } from '../../support/wait-until.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const INACTIVE = '* BYE [UNAVAILABLE] Disconnected for inactivity\r\n';

describe('A client that goes past a size limit', () => {
  it.each([
    ['a line without an end', 'A'.repeat(16 * KiB + 1)],
    ['a line over 16 KiB', `a LOGIN alice ${'A'.repeat(16 * KiB)}\r\n`],
    ['a literal over 8 KiB that does not wait', `a LOGIN {${8 * KiB + 1}+}\r\n`],
  ])('before login with %s is told TOOBIG, and only its connection ends', async (_, octets) => {
    const { proxy, upstreams } = await startProxied();
    using other = await ImapClient.connect(proxy.port);
    await other.readGreeting();
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    await client.send(octets);

    expect(await client.readToEnd()).toMatch(/^\* BYE \[TOOBIG\] [^\n]*\r\n$/);
    expect(upstreams()).toHaveLength(0);
    expect((await other.login(USER, PASSWORD)).status).toBe('OK');
  });

  it('with a literal that waits is refused it and may go on', async () => {
    const { proxy } = await startProxied();
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect((await client.command(`LOGIN {${8 * KiB + 1}}`)).tagged).toBe('NO [LIMIT] Literal is too big');
    expect((await client.login(USER, PASSWORD)).status).toBe('OK');
  });

  it('after login with a line over 1 MiB is told TOOBIG, and its server connection is not used again', async () => {
    const { proxy, upstream } = await startProxied();
    using other = await ImapClient.login(proxy.port, 'bob', PASSWORD);
    using client = await ImapClient.login(proxy.port, USER, PASSWORD);

    await client.send(`x NOOP ${'A'.repeat(MiB)}\r\n`);

    expect(await client.readToEnd()).toMatch(/^\* BYE \[TOOBIG\] [^\n]*\r\n$/);
    expect((await upstream(1)).received).not.toContain('x NOOP');
    await proxy.waitForPool({ leased: 1, parked: 0 });
    expect((await other.command('NOOP')).status).toBe('OK');
  });
});

describe('A client that takes too long', () => {
  it('to log in is disconnected after client_login_timeout, whatever it says meanwhile', async () => {
    const { proxy } = await startProxied(mailServer(), { directives: { client_login_timeout: 5 } });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    proxy.advance(5_000);
    expect((await client.command('NOOP')).status).toBe('OK');
    proxy.advance(1);

    expect(await client.readToEnd()).toBe(INACTIVE);
  });

  it('between two commands is disconnected after client_idle_timeout since the last octet', async () => {
    const { proxy } = await startProxied(mailServer(), { directives: { client_idle_timeout: 9 } });
    using client = await ImapClient.login(proxy.port, USER, PASSWORD);

    proxy.advance(9_000);
    expect((await client.command('NOOP')).status).toBe('OK');
    proxy.advance(9_000);
    expect((await client.command('NOOP')).status).toBe('OK');
    proxy.advance(9_001);

    expect(await client.readToEnd()).toBe(INACTIVE);
  });
});

describe('At cache_size', () => {
  it('a login of another user logs the connection parked longest out', async () => {
    const { proxy, upstream } = await startProxied(mailServer(), { directives: { cache_size: 1 } });
    await parkOne(proxy);

    using client = await ImapClient.login(proxy.port, 'bob', PASSWORD);

    const evicted = await upstream(0);
    await waitUntil(() => /\r\n\S+ LOGOUT\r\n$/.test(evicted.received), { what: 'LOGOUT at the server' });
    expect((await client.command('NOOP')).status).toBe('OK');
  });

  it('a client that leaves while it waits gives up its place', async () => {
    const { proxy, upstreams } = await startProxied(mailServer(), { directives: { cache_size: 1 } });
    using first = await ImapClient.login(proxy.port, USER, PASSWORD);
    using second = await ImapClient.connect(proxy.port);
    await second.readGreeting();
    await second.send(`a LOGIN bob "${PASSWORD}"\r\n`);
    await proxy.waitForPool({ waiting: 1 });

    second.reset();

    await proxy.waitForPool({ waiting: 0 });
    await first.logout();
    await proxy.waitForPool({ parked: 1, leased: 0 });
    expect(upstreams()).toHaveLength(1);
  });
});
