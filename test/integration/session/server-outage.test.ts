import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { expectCleanLogin, logIn, visit } from '../support/sessions.ts';

describeWith(['dovecot-imapd'], 'Proxy in front of a server that goes away', () => {
  let dovecot: Dovecot;

  beforeEach(async () => {
    dovecot = await Dovecot.start();
    onTestFinished(() => dovecot.stop());
  });

  async function startProxy(): Promise<InProcessProxy> {
    const proxy = await InProcessProxy.start(dovecot.port);
    onTestFinished(() => proxy.stop());
    return proxy;
  }

  it.each([
    { end: 'restarts', bringDown: async () => undefined },
    { end: 'crashes and comes back', bringDown: () => dovecot.kill() },
  ])('logs in anew when the server $end while connections are parked', async ({ bringDown }) => {
    const proxy = await startProxy();
    const first = await logIn(proxy.port, 'alice');
    const second = await logIn(proxy.port, 'alice');
    for (const client of [first, second]) {
      await client.command('SELECT INBOX');
      await client.logout();
    }
    await visit(proxy.port, 'bob');
    expect((await proxy.settled()).parked).toBe(3);

    await bringDown();
    await dovecot.restart();

    for (const user of ['alice', 'bob', 'alice', 'bob']) await expectCleanLogin(proxy.port, user);
    expect(await dovecot.loginCount('alice')).toBe(3);
    expect(await dovecot.loginCount('bob')).toBe(2);
  });

  it('starts without the server, refuses logins as unavailable, and recovers by itself', async () => {
    await dovecot.kill();
    const proxy = await startProxy();
    const early = await ImapClient.connect(proxy.port);

    expect(await early.readGreeting()).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 /);
    expect((await early.command(`LOGIN alice ${passwordOf('alice')}`)).tagged).toMatch(
      /^NO \[UNAVAILABLE\] /,
    );
    await dovecot.restart();

    expect((await early.command(`LOGIN alice ${passwordOf('alice')}`)).status).toBe('OK');
    expect((await early.command('SELECT INBOX')).status).toBe('OK');
    await early.logout();
    await proxy.settled();
    await expectCleanLogin(proxy.port, 'alice');
    const late = await ImapClient.connect(proxy.port);
    expect(await late.readGreeting()).toContain(' IDLE ');
    await late.logout();
  });

  it('ends the sessions of a server that dies, says nothing in its name, and serves the next', async () => {
    const proxy = await startProxy();
    using working = await logIn(proxy.port, 'alice');
    await working.command('SELECT INBOX');
    using idling = await logIn(proxy.port, 'bob');
    await idling.send('i1 IDLE\r\n');
    await idling.readUntil(/^\+/);

    await dovecot.kill();

    expect(await working.readToEnd()).toBe('');
    expect(await idling.readToEnd()).toBe('');
    await waitUntil(() => proxy.snapshot().leased === 0, { what: 'the leases to end' });
    await dovecot.restart();
    await expectCleanLogin(proxy.port, 'alice');
  });

  it('passes on the words of a server that shuts down', async () => {
    const proxy = await startProxy();
    using client = await logIn(proxy.port, 'alice');
    await client.command('SELECT INBOX');

    await dovecot.restart();

    expect(await client.readToEnd()).toBe('* BYE Server shutting down.\r\n');
    await expectCleanLogin(proxy.port, 'alice');
  });

  it('refuses a login as unavailable while the server is down in between, with its clients still greeted', async () => {
    const proxy = await startProxy();
    await visit(proxy.port, 'alice');
    await proxy.settled();

    await dovecot.kill();
    await waitUntil(() => proxy.snapshot().parked === 0, {
      what: 'the parked connections to be noticed as dead',
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    expect((await client.command(`LOGIN alice ${passwordOf('alice')}`)).tagged).toMatch(
      /^NO \[UNAVAILABLE\] /,
    );

    await dovecot.restart();
    await expectCleanLogin(proxy.port, 'alice');
  });
});
