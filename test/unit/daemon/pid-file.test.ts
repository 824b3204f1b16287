import { spawnSync } from 'node:child_process';
import { readFileSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { PidFile } from '../../../src/daemon/pid-file.ts';
import { StartError } from '../../../src/daemon/start-error.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { TempDirectory } from '../../support/temp-directory.ts';

const OWN = `${process.pid}\n`;
const isFree = (): boolean => true;
const isLocked = (): boolean => false;

let directory: TempDirectory;
let path: string;

beforeEach(() => {
  directory = new TempDirectory('pid-file');
  path = join(directory.path, 'imapproxy.pid');
  onTestFinished(() => directory.remove());
});

describe('PidFile', () => {
  it('holds the process id and a line feed, for everybody to read', async () => {
    const file = PidFile.take(path, isFree);

    expect(readFileSync(path, 'utf8')).toBe(OWN);
    expect(statSync(path).mode & 0o777).toBe(0o644);
    await file.release();
  });

  it('is gone after the release', async () => {
    await PidFile.take(path, isFree).release();

    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('takes over a file that nobody holds, with all its content', async () => {
    writeFileSync(path, 'something long that is no number\n');

    const file = PidFile.take(path, isFree);

    expect(readFileSync(path, 'utf8')).toBe(OWN);
    await file.release();
  });

  it('refuses a file that another process holds, and leaves it as it is', () => {
    writeFileSync(path, '4711\n');

    expect(() => PidFile.take(path, isLocked)).toThrow(
      new StartError(`Cannot start: process 4711 runs already, by its pid file ${path}`),
    );
    expect(readFileSync(path, 'utf8')).toBe('4711\n');
  });

  it('starts anew when the file disappears between opening and locking it', async () => {
    let tries = 0;
    const file = PidFile.take(path, () => {
      tries += 1;
      if (tries === 1) unlinkSync(path);
      return true;
    });

    expect(tries).toBe(2);
    expect(readFileSync(path, 'utf8')).toBe(OWN);
    expect(file.isRemoved).toBe(false);
    await file.release();
  });

  describe('without flock(2)', () => {
    it('refuses a file whose process runs', () => {
      writeFileSync(path, `${process.ppid}\n`);

      expect(() => PidFile.take(path, undefined)).toThrow(`process ${process.ppid} runs already`);
    });

    it.each(['', 'nonsense\n', '-1\n', '0\n', `${endedProcess()}\n`, OWN])(
      'takes over a file with %j',
      async (text) => {
        writeFileSync(path, text);

        const file = PidFile.take(path, undefined);

        expect(readFileSync(path, 'utf8')).toBe(OWN);
        await file.release();
      },
    );
  });

  it('follows no symbolic link', () => {
    const victim = join(directory.path, 'victim');
    writeFileSync(victim, 'precious');
    symlinkSync(victim, path);

    expect(() => PidFile.take(path, isFree)).toThrow(StartError);
    expect(readFileSync(victim, 'utf8')).toBe('precious');
  });

  it('names the file and the reason when it cannot be written', () => {
    const lost = join(directory.path, 'no-such-directory', 'pid');

    expect(() => PidFile.take(lost, isFree)).toThrow(
      new StartError(`Cannot open the pid file ${lost}: no such file or directory`),
    );
  });

  it('leaves the file of a later daemon alone', async () => {
    const file = PidFile.take(path, isFree);
    unlinkSync(path);
    writeFileSync(path, '4711\n');

    expect(file.isRemoved).toBe(true);
    await file.release();
    expect(readFileSync(path, 'utf8')).toBe('4711\n');
  });

  it('reports once that the file was removed', async () => {
    const clock = new FakeClock();
    const file = PidFile.take(path, isFree);
    let reports = 0;
    file.watch(clock, () => {
      reports += 1;
    });

    clock.advance(10_000);
    expect(reports).toBe(0);
    unlinkSync(path);
    clock.advance(500);
    expect(reports).toBe(1);
    expect(clock.pending).toBe(0);
    await file.release();
  });

  it('reports nothing any more once the watch has ended', async () => {
    const clock = new FakeClock();
    const file = PidFile.take(path, isFree);
    const end = file.watch(clock, () => expect.unreachable('the watch had ended'));
    clock.advance(600);

    end();
    await file.release();

    clock.advance(10_000);
    expect(clock.pending).toBe(0);
  });
});

/** The id of a process that no longer runs. */
function endedProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}
