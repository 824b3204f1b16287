import { afterAll, beforeAll, expect, it } from 'vitest';
import { DaemonProcess } from '../../support/daemon-process.ts';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';

const SESSIONS = 200;

describeWith(['dovecot-imapd'], 'Daemon that reads its configuration again', () => {
  let dovecot: Dovecot;
  beforeAll(async () => {
    dovecot = await Dovecot.start();
  });
  afterAll(() => dovecot.stop());

  const directives = () => ({ server_hostname: '127.0.0.1', server_port: dovecot.port });

  it(`disturbs none of ${SESSIONS} sessions, and serves new ones by the new values`, async () => {
    await using daemon = await DaemonProcess.start(directives());
    const clients = await Promise.all(
      Array.from({ length: SESSIONS }, () => ImapClient.login(daemon.port, 'alice', passwordOf('alice'))),
    );

    daemon.writeConfig({ ...directives(), listen_port: 0, announce_reuse: 'yes', max_parked_per_user: 2 });
    daemon.signal('SIGHUP');
    await daemon.waitForLog('configuration reloaded');

    const replies = await Promise.all(clients.map((client) => client.command('NOOP')));
    expect(replies.every(({ status }) => status === 'OK')).toBe(true);
    using fresh = await ImapClient.connect(daemon.port);
    expect(await fresh.readGreeting()).toContain('XIMAPPROXY');
    await Promise.all(clients.map((client) => client.command('LOGOUT')));
  });

  it('keeps the old values, all of them, when the file has an error, and says which', async () => {
    await using daemon = await DaemonProcess.start(directives());

    daemon.writeConfig({ ...directives(), announce_reuse: 'yes', cache_size: 'many' });
    daemon.signal('SIGHUP');
    await daemon.waitForLog(({ msg }) => msg.startsWith('configuration not reloaded'));

    expect(daemon.output).toContain('cache_size: expected');
    using client = await ImapClient.connect(daemon.port);
    expect(await client.readGreeting()).not.toContain('XIMAPPROXY');
  });
});
