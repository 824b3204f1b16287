import { afterAll, beforeAll, expect, it } from 'vitest';
import { MailProcess } from '../../integration/support/mail-process.ts';
import { DaemonProcess } from '../../support/daemon-process.ts';
import { Dovecot } from '../../support/dovecot.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { BulkClient } from '../support/bulk-client.ts';
import { LargeMessage, messageHash } from '../support/large-message.ts';
import { MemoryWatch } from '../support/memory-watch.ts';

const MB = 1_000_000;
const MESSAGE = new LargeMessage(200 * MB);
const MAX_GROWTH = 30 * MB;

/** What two connections of the kernel and the proxy between them may hold at most. */
const MAX_UNDER_WAY = 60 * MB;

describeWith(['dovecot-imapd'], 'Message of 200 MB through the proxy', () => {
  let dovecot: Dovecot;
  let daemon: DaemonProcess;

  beforeAll(async () => {
    dovecot = await Dovecot.start();
    daemon = await DaemonProcess.start({ server_hostname: '127.0.0.1', server_port: dovecot.port });
  });

  afterAll(async () => {
    await daemon.stop();
    await daemon[Symbol.asyncDispose]();
    await dovecot.stop();
  });

  /** APPEND, SELECT, FETCH; returns the digest of what came back. */
  async function passBothWays(user: string): Promise<string> {
    using client = await BulkClient.logIn(daemon.port, user);
    await client.command('CREATE copy');
    await client.append('copy', MESSAGE.octets, MESSAGE.pieces());
    await client.command('SELECT copy');
    const hash = messageHash();
    for await (const piece of client.body(1)) hash.update(piece);
    await client.command('UNSELECT');
    await client.command('DELETE copy');
    return hash.digest('hex');
  }

  it('passes octet by octet in both directions, without the process growing', async () => {
    expect(await passBothWays('alice')).toBe(MESSAGE.digest());
    // The first message has brought the runtime's own heap to its working size, which no later one changes.
    using memory = new MemoryWatch(daemon);

    expect(await passBothWays('bob')).toBe(MESSAGE.digest());

    expect(memory.growth).toBeLessThan(MAX_GROWTH);
  });

  it('waits at the server while the client does not read, and goes on when it does', async () => {
    using client = await BulkClient.logIn(daemon.port, 'alice');
    await client.append('INBOX', MESSAGE.octets, MESSAGE.pieces());
    await client.command('SELECT INBOX');
    using server = await MailProcess.of(dovecot, 'alice');
    using memory = new MemoryWatch(daemon);
    const writtenBefore = server.octetsWritten();
    const written = (): number => server.octetsWritten() - writtenBefore;
    const hash = messageHash();
    let read = 0;
    let writtenUnread = 0;

    for await (const piece of client.body(1)) {
      const isHalf = read < MESSAGE.octets / 2 && read + piece.length >= MESSAGE.octets / 2;
      read += piece.length;
      hash.update(piece);
      if (!isHalf) continue;
      await standsStill(written);
      writtenUnread = written() - read;
    }

    expect(writtenUnread).toBeLessThan(MAX_UNDER_WAY);
    expect(memory.growth).toBeLessThan(MAX_GROWTH);
    expect(hash.digest('hex')).toBe(MESSAGE.digest());
  });

  it('waits at the client while the server does not read, and goes on when it does', async () => {
    using client = await BulkClient.logIn(daemon.port, 'bob');
    using server = await MailProcess.of(dovecot, 'bob');
    using memory = new MemoryWatch(daemon);
    let sent = 0;
    const pieces = function* (): Generator<Buffer> {
      for (const piece of MESSAGE.pieces()) {
        if (sent === 0) server.hold();
        yield piece;
        sent += piece.length;
      }
    };

    const appended = client.append('INBOX', MESSAGE.octets, pieces());
    await waitUntil(() => sent > 0, { what: 'the first octets to be sent' });
    await standsStill(() => sent);
    const sentUnread = sent;
    server.release();
    await appended;

    expect(sentUnread).toBeLessThan(MAX_UNDER_WAY);
    expect(memory.growth).toBeLessThan(MAX_GROWTH);
    await client.command('SELECT INBOX');
    const hash = messageHash();
    for await (const piece of client.body(1)) hash.update(piece);
    expect(hash.digest('hex')).toBe(MESSAGE.digest());
  });
});

/** Waits until `count` has kept its value for a while: nobody gets on any more. */
async function standsStill(count: () => number, stillMs = 300): Promise<void> {
  let last = count();
  let since = performance.now();
  await waitUntil(
    () => {
      const now = count();
      if (now !== last) since = performance.now();
      last = now;
      return performance.now() - since > stillMs;
    },
    { what: 'the transfer to stand still', deadlineMs: 10_000 },
  );
}
