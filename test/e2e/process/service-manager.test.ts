import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { describeAsRoot } from '../../support/as-root.ts';
import { BackgroundProgram } from '../../support/background-program.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { DatagramReceiver } from './datagram-receiver.ts';
import { program } from './program.ts';

describeAsRoot('A service of systemd', () => {
  it.each(['a path', 'an abstract name'])(
    'reports from inside another root directory, to a socket with %s',
    async (kind) => {
      using directory = new TempDirectory('notify');
      const jail = join(directory.path, 'jail');
      mkdirSync(jail);
      const path = join(directory.path, 'notify');
      const address = kind === 'a path' ? path : `@${path}`;
      await using manager = await DatagramReceiver.start(address);

      const env = { NOTIFY_SOCKET: address, WATCHDOG_USEC: '200000' };
      const service = await BackgroundProgram.start(...program('notify', jail), { env });
      await manager.receive(4);
      await service.stop();

      const received = await manager.receive(5);
      const texts = received.map(({ text }) => text);
      expect(texts.slice(0, 4)).toEqual([
        'READY=1\nSTATUS=Listening on port 143',
        expect.stringMatching(/^RELOADING=1\nMONOTONIC_USEC=\d+$/),
        'WATCHDOG=1',
        'WATCHDOG=1',
      ]);
      expect(texts.at(-1)).toBe('STOPPING=1\nSTATUS=Waiting for 2 sessions');
      expect(new Set(received.map(({ pid }) => pid))).toEqual(new Set([service.pid]));
      const [, reloading] = received;
      const claimedUs = Number(/MONOTONIC_USEC=(\d+)/.exec(reloading?.text ?? '')?.[1]);
      // systemd takes a RELOADING=1 that is older than its own order for an answer to an earlier one.
      expect(Math.abs((reloading?.monotonicUs ?? 0) - claimedUs)).toBeLessThan(5_000_000);
      expect(service.output).toBe('');
    },
  );
});
