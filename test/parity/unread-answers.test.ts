import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { DaemonProcess } from '../support/daemon-process.ts';
import { Dovecot, passwordOf } from '../support/dovecot.ts';
import { ImapClient } from '../support/imap-client.ts';
import { describeWith } from '../support/system-packages.ts';

const COMMANDS = Buffer.from('a1 XPROXY_DUMPICC\r\n'.repeat(1_000));
/** A daemon that takes nothing for so long, in ms, has stopped reading. */
const STALLED_MS = 1_000;
/** More than both kernels hold for a connection, with the answers many times as long as the commands. */
const MOST_OCTETS = 64 * 1024 * 1024;
const MOST_GROWTH_OCTETS = 64 * 1024 * 1024;

// The classic daemon holds its one lock while it writes the list, so there is no transcript of this: whether a login
// waits for the client depends on the octet at which the connection is full.
describeWith(['dovecot-imapd'], 'A client that does not read the answers to XPROXY_DUMPICC', () => {
  it('is read no further, costs little memory, and keeps nobody from logging in', async () => {
    await using dovecot = await Dovecot.start();
    await using daemon = await DaemonProcess.start({
      server_hostname: '127.0.0.1',
      server_port: dovecot.port,
      enable_admin_commands: true,
    });
    using listed = await ImapClient.login(daemon.port, 'alice', passwordOf('alice'));
    const before = daemon.rssOctets();

    using unread = await ImapClient.connect(daemon.port);
    unread.pause();
    const sent = await sendUntilStalled(unread);

    expect(sent).toBeLessThan(MOST_OCTETS);
    expect(daemon.rssOctets() - before).toBeLessThan(MOST_GROWTH_OCTETS);
    using other = await ImapClient.login(daemon.port, 'bob', passwordOf('bob'));
    expect((await other.command('NOOP')).status).toBe('OK');
    expect((await listed.command('NOOP')).status).toBe('OK');
  });
});

/** Sends commands. Returns how many octets were taken until none were any more. */
async function sendUntilStalled(client: ImapClient): Promise<number> {
  for (let sent = 0; sent < MOST_OCTETS; sent += COMMANDS.length) {
    const taken = client.send(COMMANDS).then(() => true);
    if (!(await Promise.race([taken, delay(STALLED_MS, false)]))) return sent;
  }
  return MOST_OCTETS;
}
