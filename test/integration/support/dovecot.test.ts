import { afterAll, beforeAll, expect, it } from 'vitest';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';

describeWith(['dovecot-imapd'], 'Dovecot for tests', () => {
  let dovecot: Dovecot;

  beforeAll(async () => {
    dovecot = await Dovecot.start();
  });

  afterAll(async () => {
    await dovecot.stop();
  });

  it('counts each login once, by user and in all', async () => {
    const before = await dovecot.loginCount();
    for (const user of ['alice', 'bob', 'bob']) {
      const client = await ImapClient.login(dovecot.port, user, passwordOf(user));
      await client.logout();
    }

    expect(await dovecot.loginCount('alice')).toBe(1);
    expect(await dovecot.loginCount('bob')).toBe(2);
    expect(await dovecot.loginCount()).toBe(before + 3);
  });

  it('delivers a message that the user then sees, octet by octet', async () => {
    await dovecot.deliver('alice', Buffer.from('Subject: \xe9\r\n\r\nends like a literal {3}\r\n', 'latin1'));
    const client = await ImapClient.login(dovecot.port, 'alice', passwordOf('alice'));
    await client.command('EXAMINE INBOX');

    const { untagged } = await client.command('FETCH 1 BODY.PEEK[]');
    await client.logout();

    expect(untagged).toEqual(['* 1 FETCH (BODY[] {39}\r\nSubject: \xe9\r\n\r\nends like a literal {3}\r\n)']);
  });

  it('refuses the old password once setPassword has resolved', async () => {
    await dovecot.setPassword('bob', 'another');

    await expect(ImapClient.login(dovecot.port, 'bob', passwordOf('bob'))).rejects.toThrow(
      'AUTHENTICATIONFAILED',
    );
    const client = await ImapClient.login(dovecot.port, 'bob', 'another');
    await client.logout();
  });

  it('says BYE when it restarts, nothing when it is killed, and comes back on its port', async () => {
    const port = dovecot.port;
    const first = await ImapClient.login(port, 'alice', passwordOf('alice'));

    await dovecot.restart();
    expect(await first.readToEnd()).toBe('* BYE Server shutting down.\r\n');
    const second = await ImapClient.login(port, 'alice', passwordOf('alice'));

    await dovecot.kill();
    expect(await second.readToEnd()).toBe('');
    await dovecot.restart();
    const third = await ImapClient.login(port, 'alice', passwordOf('alice'));
    await third.logout();
  });

  it('starts several at once, each on a port of its own, with either storage', async () => {
    const storages = ['maildir', 'mdbox', 'maildir', 'mdbox'] as const;
    const servers = await Promise.all(
      storages.map((storage) => Dovecot.start({ storage, users: ['carol'] })),
    );
    try {
      for (const server of servers) {
        await server.deliver('carol', 'Subject: hello\n\nworld\n');
        const client = await ImapClient.login(server.port, 'carol', passwordOf('carol'));
        expect((await client.command('SELECT INBOX')).untagged).toContain('* 1 EXISTS');
        await client.logout();
      }
      expect(new Set(servers.map((server) => server.port)).size).toBe(storages.length);
    } finally {
      await Promise.all(servers.map((server) => server.stop()));
    }
  });
});
