import { afterAll, beforeAll, expect, it } from 'vitest';
import { DaemonProcess } from '../../support/daemon-process.ts';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';

const PARALLEL_USERS = Array.from({ length: 20 }, (_, index) => `user${index + 1}`);

describeWith(['dovecot-imapd'], 'Server behind a webmail of 500 page views', () => {
  let dovecot: Dovecot;
  let daemon: DaemonProcess;

  beforeAll(async () => {
    const users = ['alice', ...PARALLEL_USERS];
    dovecot = await Dovecot.start({ users });
    for (const user of users) await dovecot.deliver(user, `Subject: to ${user}\n\nbody\n`);
    daemon = await DaemonProcess.start({ server_hostname: '127.0.0.1', server_port: dovecot.port });
  });

  afterAll(async () => {
    await daemon.stop();
    await daemon[Symbol.asyncDispose]();
    await dovecot.stop();
  });

  async function viewPages(user: string, count: number): Promise<void> {
    for (let view = 1; view <= count; view += 1) {
      using client = await ImapClient.connect(daemon.port, { deadlineMs: 10_000 });
      await client.readGreeting();
      await client.command('CAPABILITY');
      await client.login(user, passwordOf(user));
      expect((await client.command('SELECT INBOX')).untagged).toContain('* 1 EXISTS');
      const { untagged } = await client.command('FETCH 1 BODY.PEEK[HEADER.FIELDS (SUBJECT)]');
      expect(untagged.join()).toContain(`Subject: to ${user}\r\n`);
      await client.logout();
    }
  }

  it('sees one login when one user views them one after another', async () => {
    await viewPages('alice', 500);

    expect(await dovecot.loginCount('alice')).toBe(1);
  });

  it('sees 20 logins when 20 users view them at the same time', async () => {
    await Promise.all(PARALLEL_USERS.map((user) => viewPages(user, 25)));

    expect(await dovecot.loginCount()).toBe(20 + 1);
  });
});
