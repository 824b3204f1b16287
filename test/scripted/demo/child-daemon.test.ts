import { expect, it, onTestFinished } from 'vitest';
import { ChildDaemon } from '../../../demo/child-daemon.ts';

const DEADLINE_MS = 5_000;

/** Runs `script` with Node and waits until it has written the line `ready`. */
async function start(script: string): Promise<ChildDaemon> {
  const ready = Promise.withResolvers<void>();
  const daemon = new ChildDaemon('the child', process.execPath, ['-e', script], (line) => {
    if (line === 'ready') ready.resolve();
  });
  onTestFinished(() => daemon.stop());
  await daemon.waitFor(ready.promise, DEADLINE_MS);
  return daemon;
}

it('ChildDaemon tells the last words of a program that ends by itself', async () => {
  const failing = start('console.error("no such directive"); process.exitCode = 78');
  await expect(failing).rejects.toThrow(
    'Cannot go on: the child ended with exit code 78\nLast lines that the child wrote:\n  no such directive',
  );
});

it('ChildDaemon says so when a program does not exist', async () => {
  const daemon = new ChildDaemon('the child', '/nonexistent/program', [], () => undefined);
  await expect(daemon.died).rejects.toThrow('Cannot start the child: spawn /nonexistent/program ENOENT');
  await daemon.stop();
});

it('ChildDaemon gives up on a program that does not become ready', async () => {
  const daemon = await start('console.error("ready"); setInterval(() => {}, 1000)');
  const never = new Promise<never>(() => undefined);
  await expect(daemon.waitFor(never, 20)).rejects.toThrow('Cannot use the child: not ready after 0.02 s');
});

it('ChildDaemon waits on stop until the program has ended in good order', async () => {
  const lines: string[] = [];
  const ready = Promise.withResolvers<void>();
  const script = `
    const timer = setInterval(() => {}, 1000);
    process.on('SIGTERM', () => { clearInterval(timer); console.error('stopped in good order'); });
    console.error('ready');`;
  const daemon = new ChildDaemon('the child', process.execPath, ['-e', script], (line) => {
    lines.push(line);
    ready.resolve();
  });
  await daemon.waitFor(ready.promise, DEADLINE_MS);
  await daemon.stop();
  expect(lines).toEqual(['ready', 'stopped in good order']);
});
