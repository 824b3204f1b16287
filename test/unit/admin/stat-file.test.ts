import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readFileSync,
  renameSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeStatistics, readStatFile, StatFile, StatFileError } from '../../../src/admin/stat-file.ts';
import { statistics } from '../../support/statistics.ts';
import { TempDirectory } from '../../support/temp-directory.ts';

let directory: TempDirectory;
let path: string;

beforeEach(() => {
  directory = new TempDirectory('stat-file');
  path = join(directory.path, 'pimpstats');
});

afterEach(() => directory.remove());

describe('StatFile', () => {
  it('makes a file of zeros for its owner alone', () => {
    StatFile.open(path).close();
    expect(readFileSync(path)).toEqual(Buffer.alloc(72));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it.each([0, 60, 72, 500])('turns a file of %d octets into one of 72 zeros', (length) => {
    writeFileSync(path, Buffer.alloc(length, 'x'));
    StatFile.open(path).close();
    expect(readFileSync(path)).toEqual(Buffer.alloc(72));
  });

  it('keeps the mode that an administrator has given to the file', () => {
    writeFileSync(path, '', { mode: 0o640 });
    StatFile.open(path).close();
    expect(statSync(path).mode & 0o777).toBe(0o640);
  });

  it('replaces the values in place and leaves the last ones behind', () => {
    const file = StatFile.open(path);
    const { ino } = statSync(path);
    file.write(statistics({ logins: 1_000_000 }));
    file.write(statistics());
    file.close();
    expect(readFileSync(path)).toEqual(encodeStatistics(statistics()));
    expect(statSync(path).ino).toBe(ino);
  });

  it('goes on writing when its path leads there no more', () => {
    const file = StatFile.open(path);
    renameSync(path, `${path}.moved`);
    file.write(statistics());
    file.close();
    expect(readFileSync(`${path}.moved`)).toEqual(encodeStatistics(statistics()));
  });

  it('gives the file to another user', () => {
    const isRoot = process.getuid?.() === 0;
    const [uid, gid] = isRoot ? [65534, 65533] : [statSync(directory.path).uid, statSync(directory.path).gid];
    const file = StatFile.open(path);
    file.chown(uid, gid);
    file.close();
    expect(statSync(path)).toMatchObject({ uid, gid });
  });

  it('names the directive when the file cannot be opened', () => {
    const lost = join(directory.path, 'missing', 'pimpstats');
    expect(() => StatFile.open(lost)).toThrow(
      `Cannot open the stat file ${lost} (stat_filename): no such file or directory`,
    );
  });

  it.each([
    ['writing', (file: StatFile) => file.write(statistics()), 'write'],
    ['giving away', (file: StatFile) => file.chown(0, 0), 'change the owner of'],
  ])('names the directive when %s fails', (_, task, action) => {
    const file = StatFile.open(path);
    file.close();
    expect(() => task(file)).toThrow(
      `Cannot ${action} the stat file ${path} (stat_filename): bad file descriptor`,
    );
  });
});

describe('readStatFile', () => {
  it('gives what was written, and when', () => {
    const file = StatFile.open(path);
    file.write(statistics());
    file.close();
    const refreshedAt = new Date('2026-11-23T01:02:03Z');
    utimesSync(path, refreshedAt, refreshedAt);
    expect(readStatFile(path)).toEqual({ statistics: statistics(), refreshedAt });
  });

  it('says why a file cannot be opened', () => {
    const failure = { action: 'open', path, reason: 'no such file or directory', fault: 'operator' };
    expect(() => readStatFile(path)).toThrow(StatFileError);
    expect(() => readStatFile(path)).toThrow(expect.objectContaining(failure));
  });

  it('refuses a file that is no stat file, and does not wait for a pipe', () => {
    writeFileSync(path, '');
    truncateSync(path, 2 ** 40);
    const fifo = join(directory.path, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const subdirectory = join(directory.path, 'subdirectory');
    mkdirSync(subdirectory);
    for (const [other, found] of [
      [path, 2 ** 40],
      [fifo, 0],
      [subdirectory, statSync(subdirectory).size],
    ]) {
      expect(() => readStatFile(String(other))).toThrow(
        `Cannot read the stat file ${other} (stat_filename): expected 72 or 60 octets, found ${found}`,
      );
    }
  });
});
