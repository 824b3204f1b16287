import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { BackgroundProgram } from '../../support/background-program.ts';
import { tryProgram } from '../../support/run-program.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { isRunning } from './is-running.ts';
import { program } from './program.ts';

let file: string;

beforeEach(() => {
  const directory = new TempDirectory('background');
  onTestFinished(() => directory.remove());
  file = join(directory.path, 'facts');
});

describe('A program that starts in the background', () => {
  it('runs detached once it serves, with nothing of the terminal left', async () => {
    const { exitCode, stdout, stderr } = await tryProgram(...program('background', 'serve', file));
    const { pid, ...facts } = factsOfChild();
    onTestFinished(() => endProcess(pid));

    expect(exitCode).toBe(0);
    expect(isRunning(pid)).toBe(true);
    expect(facts).toEqual({
      group: pid,
      session: pid,
      standardFiles: ['/dev/null', '/dev/null', '/dev/null'],
      ownVariables: [],
      arguments: ['serve', file],
    });
    expect(String(stdout)).toBe('');
    expect(String(stderr)).toBe('imapproxyd: something to know directive=cache_size\n');
  });

  it('says why it could not start, line by line, and passes its exit code on', async () => {
    const { exitCode, stderr } = await tryProgram(...program('background', 'fail', file));

    expect(exitCode).toBe(78);
    const lines = Array.from({ length: 100 }, (_, count) => `imapproxyd: could not start count=${count}\n`);
    expect(String(stderr)).toBe(lines.join(''));
  });

  it('says so when it ended without a word', async () => {
    const { exitCode, stderr } = await tryProgram(...program('background', 'crash', file));

    expect(exitCode).toBe(3);
    expect(String(stderr)).toBe('imapproxyd: ended by exit code 3 before it served\n');
  });

  it('says so when it was killed', async () => {
    const { exitCode, stderr } = await tryProgram(...program('background', 'be killed', file));

    expect(exitCode).toBe(1);
    expect(String(stderr)).toBe('imapproxyd: ended by SIGKILL before it served\n');
  });

  it('is told to stop when the process that waits for it is', async () => {
    const waiting = await BackgroundProgram.start(...program('background', 'take long', file));
    const pid = await waitUntil(readPid, { what: 'the second process' });
    expect(waiting.exit).toBeUndefined();

    waiting.signal('SIGTERM');

    expect(await waiting.waitForExit()).toEqual({ code: 1, signal: null });
    expect(isRunning(pid)).toBe(false);
  });

  it('goes on when the process that waits for it is killed', async () => {
    const waiting = await BackgroundProgram.start(...program('background', 'take long', file));
    const pid = await waitUntil(readPid, { what: 'the second process' });
    onTestFinished(() => endProcess(pid));

    await waiting.kill();

    expect(isRunning(pid)).toBe(true);
  });

  it('takes nobody at their word who says it is the second process already', async () => {
    const [command, args] = program('background', 'crash', file);

    const { stderr } = await tryProgram('env', [`IMAPPROXYD_STARTED_BY=${process.pid}`, command, ...args]);

    expect(String(stderr)).toBe('imapproxyd: ended by exit code 3 before it served\n');
  });
});

function factsOfChild(): { readonly pid: number; readonly [fact: string]: unknown } {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** The id of the second process, once it has written down its facts. */
function readPid(): number | undefined {
  try {
    return factsOfChild().pid;
  } catch {
    return undefined;
  }
}

async function endProcess(pid: number): Promise<void> {
  process.kill(pid, 'SIGTERM');
  await waitUntil(() => !isRunning(pid), { what: `the end of process ${pid}` });
}
