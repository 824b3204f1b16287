import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DAEMON_PATH, DaemonProcess } from '../../support/daemon-process.ts';
import { tryProgram } from '../../support/run-program.ts';

it.each(['SIGTERM', 'SIGINT'] as const)(
  'ends with success by %s before a silent server has answered',
  async (signal) => {
    const silent = createServer().listen(0, '127.0.0.1');
    await once(silent, 'listening');
    onTestFinished(() => void silent.close());
    const address = silent.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const daemon = await DaemonProcess.launch({ server_hostname: '127.0.0.1', server_port: port });
    onTestFinished(() => daemon[Symbol.asyncDispose]());
    await once(silent, 'connection');

    expect(await daemon.stop(signal)).toBe(0);
  },
);

it('ends with exit code 1 when it cannot write the pid file it was asked for', async () => {
  const options = { args: ['-p', join('/nonexistent', 'imapproxy.pid')] };
  const daemon = await DaemonProcess.launch({ server_hostname: '127.0.0.1', server_port: 1 }, options);
  onTestFinished(() => daemon.kill());

  expect(await daemon.waitForExit()).toBe(1);
  expect(daemon.log('could not start')).toHaveLength(1);
});

it('imapproxyd --explain names a configuration file that is not there', async () => {
  const { exitCode, stdout, stderr } = await tryProgram(DAEMON_PATH, [
    '-f',
    '/nonexistent.conf',
    '--explain',
  ]);

  expect(exitCode).toBe(78);
  expect(`${stdout}${stderr}`).toContain('/nonexistent.conf: error: cannot read the file: ENOENT');
});
