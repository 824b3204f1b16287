import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { StatFile } from '../../src/admin/stat-file.ts';
import { type Finished, runProgram, tryProgram } from '../support/run-program.ts';
import { statistics } from '../support/statistics.ts';
import { describeWith } from '../support/system-packages.ts';
import { TempDirectory } from '../support/temp-directory.ts';

/** The launcher under test, as a user starts it. It runs what was built last. */
const PIMPSTAT = fileURLToPath(new URL('../../bin/pimpstat', import.meta.url));
const CLASSIC_PIMPSTAT = '/usr/sbin/pimpstat';

let directory: TempDirectory;
let configFile: string;
let statFile: string;

beforeEach(() => {
  directory = new TempDirectory('pimpstat');
  configFile = join(directory.path, 'imapproxy.conf');
  statFile = join(directory.path, 'pimpstats');
  writeFileSync(configFile, `server_hostname mail.example\nstat_filename ${statFile}\n`);
});

afterEach(() => directory.remove());

function writeStatistics(): void {
  const file = StatFile.open(statFile);
  file.write(statistics());
  file.close();
}

function pimpstat(...args: string[]): Promise<Finished> {
  return tryProgram(PIMPSTAT, args);
}

/** What the program says about a failure, and that it says it in one line on standard error only. */
async function complaint(...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await pimpstat(...args);
  expect({ exitCode, stdout: stdout.toString() }).toEqual({ exitCode: 1, stdout: '' });
  const text = stderr.toString();
  expect(text).toMatch(/^pimpstat: .+\n$/);
  return text;
}

describe('pimpstat', () => {
  it('prints the counters in the words of the classic program', async () => {
    writeStatistics();
    const printed = await runProgram(PIMPSTAT, ['-c', '-f', configFile]);
    expect(printed.toString()).toBe(
      ' 1 Current Client Connections\n' +
        ' 2 Peak Client Connections\n' +
        ' 3 In Use Connections\n' +
        ' 4 Peak In Use Connections\n' +
        ' 5 Retained Server Connections\n' +
        ' 6 Peak Retained Server Connections\n' +
        ' 7 Total Client Connections\n' +
        ' 8 Total Client Logins\n' +
        ' 10 Total Reused Connections\n' +
        ' 9 Total Created Connections\n' +
        ' 12 Cache Hits\n' +
        ' 13 Cache Misses\n',
    );
  });

  it('prints everything as JSON', async () => {
    writeStatistics();
    const printed = await runProgram(PIMPSTAT, ['--json', '-f', configFile]);
    expect(JSON.parse(printed.toString())).toMatchObject({
      statFile,
      startTime: '2026-11-22T20:55:09.000Z',
      logins: 8,
    });
  });

  it('runs through a symbolic link', async () => {
    const link = join(directory.path, 'pimpstat');
    symlinkSync(PIMPSTAT, link);
    expect((await runProgram(link, ['-V'])).toString()).toMatch(/^pimpstat \d+\.\d+\.\d+/);
  });

  it('prints its usage', async () => {
    expect((await runProgram(PIMPSTAT, ['-h'])).toString()).toMatch(/^Usage: pimpstat /);
  });

  it('says in the words of the classic program that there is no stat file', async () => {
    const text = `pimpstat: open() failed for '${statFile}': No such file or directory -- Exiting.\n`;
    for (const form of [['-c'], ['--json']]) expect(await complaint(...form, '-f', configFile)).toBe(text);
  });

  it('says that a file is no stat file', async () => {
    writeFileSync(statFile, 'something else');
    const text = `Cannot read the stat file ${statFile} (stat_filename): expected 72 or 60 octets, found 14`;
    expect(await complaint('-c', '-f', configFile)).toContain(text);
  });

  it('says what is wrong with the configuration', async () => {
    expect(await complaint('-c', '-f', statFile)).toContain(`${statFile}: error: cannot read the file`);
    writeFileSync(configFile, 'stat_filename\n');
    expect(await complaint('-c', '-f', configFile)).toContain(`${configFile}:1: error: stat_filename`);
  });

  it('shows no live screen where there is no terminal', async () => {
    writeStatistics();
    expect(await complaint('-f', configFile)).toContain('expected a terminal');
  });

  it('refuses an unknown option with the exit code for it', async () => {
    const { exitCode, stderr } = await pimpstat('-x');
    expect(exitCode).toBe(64);
    expect(stderr.toString()).toMatch(/^pimpstat: Cannot read the command line: .+\nUsage: pimpstat /);
  });
});

describeWith(['bsdutils'], 'pimpstat on a terminal', () => {
  it('shows the live screen until q is pressed, and gives the terminal back', async () => {
    writeStatistics();
    const command = `${PIMPSTAT} -f ${configFile}`;
    const typescript = await runProgram('script', ['-qefc', command, '/dev/null'], { input: 'q' });
    const shown = typescript.toString();
    expect(shown).toContain('client logins:                                         8');
    const [before = '', screen = '', after] = shown.split(/\[\?1049[hl]/);
    expect(before).not.toContain('pimpstat');
    expect(screen).toContain('CTRL-C or q to quit.');
    expect(after).toBe('');
  });
});

describeWith(['imapproxy'], 'the classic pimpstat', () => {
  it('prints the same lines from our stat file as ours', async () => {
    writeStatistics();
    const args = ['-f', configFile, '-c'];
    const [classic, ours] = [await runProgram(CLASSIC_PIMPSTAT, args), await runProgram(PIMPSTAT, args)];
    expect(ours.toString()).toBe(classic.toString());
    expect(classic.toString().split('\n')).toHaveLength(13);
  });
});
