import { expect, it } from 'vitest';
import { DaemonProcess } from '../../support/daemon-process.ts';
import { Dovecot } from '../../support/dovecot.ts';
import { describeWith } from '../../support/system-packages.ts';
import { BulkClient } from '../support/bulk-client.ts';
import { LargeMessage, messageHash } from '../support/large-message.ts';
import { MemoryWatch } from '../support/memory-watch.ts';

describeWith(['dovecot-imapd'], 'Memory', () => {
  it('of a process that has just started grows by less than 30 MB while it passes 200 MB each way', async () => {
    const message = new LargeMessage(200_000_000);
    await using dovecot = await Dovecot.start();
    await using daemon = await DaemonProcess.start({
      server_hostname: '127.0.0.1',
      server_port: dovecot.port,
    });
    using client = await BulkClient.logIn(daemon.port, 'alice');
    using memory = new MemoryWatch(daemon);

    await client.append('INBOX', message.octets, message.pieces());
    await client.command('SELECT INBOX');
    const hash = messageHash();
    for await (const piece of client.body(1)) hash.update(piece);

    expect(hash.digest('hex')).toBe(message.digest());
    expect(memory.growth).toBeLessThan(30_000_000);
  });
});
