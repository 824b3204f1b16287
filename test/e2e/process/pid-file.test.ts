import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeAsRoot } from '../../support/as-root.ts';
import { BackgroundProgram } from '../../support/background-program.ts';
import { tryProgram } from '../../support/run-program.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { program } from './program.ts';

describe('The pid file of a process that runs', () => {
  it('is refused to a second one, which names file and process', async () => {
    const { path, holder } = await hold();

    const { stdout } = await tryProgram(...program('pid-file', path));

    expect(String(stdout)).toBe(
      `Cannot start: process ${holder.pid} runs already, by its pid file ${path}\n`,
    );
    expect(readFileSync(path, 'utf8')).toBe(`${holder.pid}\n`);
  });

  it('goes with it', async () => {
    const { path, holder } = await hold();

    await holder.stop();

    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('is free again after a crash, even when another process has got the number', async () => {
    const { path, holder } = await hold();
    await holder.kill();
    expect(readFileSync(path, 'utf8')).toBe(`${holder.pid}\n`);
    writeFileSync(path, `${process.pid}\n`);

    const next = await start(path);

    expect(readFileSync(path, 'utf8')).toBe(`${next.pid}\n`);
  });
});

describeAsRoot('The pid file of a process that was root', () => {
  it('goes with it, although only root may remove it', async () => {
    const { path, holder } = await hold('drop');
    expect(readFileSync(path, 'utf8')).toBe(`${holder.pid}\n`);
    expect(statSync(path)).toMatchObject({ uid: 0, mode: 0o100_644 });

    await holder.stop();

    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('goes with it after a crash, too', async () => {
    const { path, holder } = await hold('drop');

    holder.signal('SIGKILL');

    await waitUntil(() => !existsSync(path), { what: 'the end of the pid file' });
  });

  it('is not its to write any more', async () => {
    const { path, holder } = await hold('drop');

    const descriptors = readdirSync(`/proc/${holder.pid}/fd`).map((fd) => `/proc/${holder.pid}/fd/${fd}`);
    const [held, ...others] = descriptors.filter((link) => readlinkSync(link) === path);

    expect(others).toEqual([]);
    expect(Number(lstatSync(held ?? '').mode) & 0o600).toBe(0o400);
  });

  it('stays when a later daemon has put its own there', async () => {
    const { path, holder } = await hold('drop');
    unlinkSync(path);
    const next = await start(path, 'drop');

    await holder.stop();

    expect(readFileSync(path, 'utf8')).toBe(`${next.pid}\n`);
  });
});

async function hold(...args: readonly string[]) {
  const directory = new TempDirectory('pid-file');
  onTestFinished(() => directory.remove());
  chmodSync(directory.path, 0o755);
  const path = join(directory.path, 'imapproxy.pid');
  return { path, directory, holder: await start(path, ...args) };
}

async function start(path: string, ...args: readonly string[]): Promise<BackgroundProgram> {
  const running = await BackgroundProgram.start(...program('pid-file', path, ...args));
  onTestFinished(async () => {
    await running.kill();
  });
  await waitUntil(() => running.output === 'taken\n', { what: 'the pid file' });
  return running;
}
