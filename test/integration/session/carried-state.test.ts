import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Dovecot } from '../../support/dovecot.ts';
import type { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { expectCleanLogin, logIn, visit } from '../support/sessions.ts';

/** What a session that has asked for no extension is told when it deletes its first message. */
const PLAIN_EXPUNGE = ['* 1 FETCH (FLAGS (\\Deleted))', '* 1 EXPUNGE'];

describeWith(['dovecot-imapd'], 'State that a session sets up', () => {
  let dovecot: Dovecot;
  let proxy: InProcessProxy;
  let lastUser = 0;
  let user = '';

  beforeAll(async () => {
    dovecot = await Dovecot.start({ users: Array.from({ length: 40 }, (_, index) => `user${index + 1}`) });
    proxy = await InProcessProxy.start(dovecot.port);
  });

  afterAll(async () => {
    await proxy.stop();
    await dovecot.stop();
  });

  beforeEach(async () => {
    lastUser += 1;
    user = `user${lastUser}`;
    for (const subject of ['one', 'two', 'three']) {
      await dovecot.deliver(user, `Subject: ${subject}\n\nbody\n`);
    }
  });

  /** Deletes the first message and returns what the session is told of it. */
  async function expunge(client: ImapClient): Promise<readonly string[]> {
    await client.command('SELECT INBOX');
    const stored = await client.command('STORE 1 +FLAGS (\\Deleted)');
    const { untagged } = await client.command('EXPUNGE');
    // Which session is the first to see a message is of no matter here.
    const told = [...stored.untagged, ...untagged].map((line) => line.replace(' \\Recent', ''));
    return told.filter((line) => !line.endsWith(' RECENT'));
  }

  it('is a QRESYNC that no session sees which has not enabled it', async () => {
    for (const [index, enable] of ['ENABLE QRESYNC', 'ENABLE CONDSTORE'].entries()) {
      const resyncing = await logIn(proxy.port, user);
      expect((await resyncing.command(enable)).status).toBe('OK');
      await resyncing.command('SELECT INBOX');
      await resyncing.logout();
      expect((await proxy.settled()).parked).toBe(1 + index);

      const plain = await logIn(proxy.port, user);
      const seen = await expunge(plain);
      await plain.logout();
      await proxy.settled();

      expect(seen, enable).toEqual(PLAIN_EXPUNGE);
    }
  });

  it('is a QRESYNC that the session has which enabled it, on a connection that had it before', async () => {
    for (const message of ['one', 'two']) {
      const client = await logIn(proxy.port, user);
      const { untagged, status } = await client.command('ENABLE QRESYNC');
      expect([status, untagged], message).toEqual(['OK', ['* ENABLED QRESYNC']]);
      const seen = await expunge(client);
      expect(
        seen.some((line) => /^\* VANISHED \d$/.test(line)),
        message,
      ).toBe(true);
      expect(
        seen.some((line) => line.includes('MODSEQ')),
        message,
      ).toBe(true);
      await client.logout();
      await proxy.settled();
    }

    expect(await dovecot.loginCount(user)).toBe(1);
  });

  it.each([
    'STATUS INBOX (MESSAGES HIGHESTMODSEQ)',
    'status inbox (highestmodseq)',
    'SELECT INBOX (CONDSTORE)',
    'EXAMINE INBOX (CONDSTORE)',
    'ENABLE CONDSTORE',
  ])('is no MODSEQ for others after %s', async (command) => {
    const asking = await logIn(proxy.port, user);
    expect((await asking.command(command)).status).toBe('OK');
    await asking.logout();
    await proxy.settled();

    const plain = await logIn(proxy.port, user);
    const seen = await expunge(plain);
    await plain.logout();

    expect(seen).toEqual(PLAIN_EXPUNGE);
  });

  it.each([
    'FETCH 1 (MODSEQ)',
    'FETCH 1 (FLAGS) (CHANGEDSINCE 1)',
    'STORE 2 (UNCHANGEDSINCE 1000) +FLAGS (\\Seen)',
    'SEARCH MODSEQ 1',
    'UID SORT (ARRIVAL) UTF-8 MODSEQ 1',
  ])('is no MODSEQ for others after %s in a mailbox', async (command) => {
    const asking = await logIn(proxy.port, user);
    await asking.command('SELECT INBOX');
    expect((await asking.command(command)).status).toBe('OK');
    await asking.logout();
    await proxy.settled();

    const plain = await logIn(proxy.port, user);
    const seen = await expunge(plain);
    await plain.logout();

    expect(seen).toEqual(PLAIN_EXPUNGE);
  });

  it('is a NOTIFY that ends with its session', async () => {
    const watching = await logIn(proxy.port, user);
    await watching.command('CREATE elsewhere');
    const notify = 'NOTIFY SET (selected (MessageNew MessageExpunge)) (personal (MessageNew FlagChange))';
    expect((await watching.command(notify)).status).toBe('OK');
    await dovecot.deliver(user, 'Subject: news\n\n\n', 'elsewhere');
    await watching.readUntil(/^\* STATUS elsewhere /);
    await watching.logout();
    await proxy.settled();

    const plain = await logIn(proxy.port, user);
    await dovecot.deliver(user, 'Subject: more news\n\n\n', 'elsewhere');
    await plain.command('SELECT INBOX');
    expect((await plain.command('NOOP')).untagged).toEqual([]);
    await plain.logout();

    expect(proxy.snapshot().closed).toEqual({ 'lasting state': 1 });
    expect(await dovecot.loginCount(user)).toBe(2);
  });

  it('is a NOTIFY NONE that silences no session but its own', async () => {
    const silent = await logIn(proxy.port, user);
    expect((await silent.command('NOTIFY NONE')).status).toBe('OK');
    await silent.logout();
    await proxy.settled();

    const plain = await logIn(proxy.port, user);
    await plain.command('SELECT INBOX');
    await dovecot.deliver(user, 'Subject: four\n\n\n');

    expect((await plain.command('NOOP')).untagged).toContain('* 4 EXISTS');
    await plain.logout();
  });

  it('never is a compressed connection: COMPRESS is refused, and not announced', async () => {
    for (const heat of ['cold', 'hot']) {
      const client = await logIn(proxy.port, user);
      const reply = await client.command('COMPRESS DEFLATE');
      expect(reply.tagged, heat).toMatch(/^NO \[CANNOT\] /);
      const { untagged, status } = await client.command('CAPABILITY');
      expect([status, untagged.length], heat).toEqual(['OK', 1]);
      expect(untagged[0], heat).not.toMatch(/COMPRESS|LOGIN-REFERRALS|STARTTLS/);
      expect(client.transcript(), heat).not.toContain('COMPRESS=');
      await client.logout();
      await proxy.settled();
    }

    expect(await dovecot.loginCount(user)).toBe(1);
  });

  it.each(['STARTTLS', 'UNAUTHENTICATE'])('never is what %s would leave: it is refused', async (command) => {
    const client = await logIn(proxy.port, user);
    expect((await client.command(command)).status).toBe('BAD');
    expect((await client.command('SELECT INBOX')).status).toBe('OK');
    await client.logout();
    await proxy.settled();
    await expectCleanLogin(proxy.port, user);
    expect(await dovecot.loginCount(user)).toBe(1);
  });

  it('is not trusted when a command is unknown: the connection is not used again', async () => {
    const client = await logIn(proxy.port, user);
    expect((await client.command('XSOMETHING on')).status).toBe('BAD');
    await client.logout();
    await proxy.settled();

    await expectCleanLogin(proxy.port, user);
    await visit(proxy.port, user);
    expect(await dovecot.loginCount(user)).toBe(2);
  });

  it('is no search result that outlives its session', async () => {
    const searching = await logIn(proxy.port, user);
    await searching.command('SELECT INBOX');
    expect((await searching.command('SEARCH RETURN (SAVE) ALL')).status).toBe('OK');
    await searching.logout();
    await proxy.settled();

    const plain = await logIn(proxy.port, user);
    await plain.command('SELECT INBOX');
    expect((await plain.command('FETCH $ FLAGS')).untagged).toEqual([]);
    await plain.logout();
    expect(await dovecot.loginCount(user)).toBe(1);
  });

  it('is deleted messages that stay: a session that ends without CLOSE expunges nothing', async () => {
    const client = await logIn(proxy.port, user);
    await client.command('SELECT INBOX');
    await client.command('STORE 1:2 +FLAGS (\\Deleted)');
    await client.logout();
    await proxy.settled();

    const next = await logIn(proxy.port, user);
    expect((await next.command('SELECT INBOX')).untagged).toContain('* 3 EXISTS');
    expect((await next.command('SEARCH DELETED')).untagged).toEqual(['* SEARCH 1 2']);
    await next.logout();
    expect(await dovecot.loginCount(user)).toBe(1);
  });
});
