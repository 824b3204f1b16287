import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { PrivilegeSettings } from '../../../src/daemon/privileges.ts';
import { describeAsRoot } from '../../support/as-root.ts';
import { BackgroundProgram } from '../../support/background-program.ts';
import { tryProgram } from '../../support/run-program.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { program } from './program.ts';

const NOBODY: PrivilegeSettings = {
  procUsername: 'nobody',
  procGroupname: 'nogroup',
  chrootDirectory: undefined,
  runAsRoot: false,
};
const NOBODYS_ID = 65_534;

describeAsRoot('Privileges of a process that was started by root', () => {
  it('are gone for good in all its threads', async () => {
    const { pid, outcome } = await drop(NOBODY);

    expect(outcome).toMatchObject({
      identity: { uid: NOBODYS_ID, gid: NOBODYS_ID },
      groups: [NOBODYS_ID],
      log: [{ level: 'info', msg: 'gave up root', user: 'nobody', group: 'nogroup', root: '/' }],
    });
    const threads = readdirSync(`/proc/${pid}/task`);
    expect(threads.length).toBeGreaterThan(1);
    for (const thread of threads) {
      const status = statusOf(`${pid}/task/${thread}`);
      expect(status).toMatchObject({ Uid: four(NOBODYS_ID), Gid: four(NOBODYS_ID), Groups: '' });
      expect(status).toMatchObject({ CapPrm: '0'.repeat(16), CapEff: '0'.repeat(16) });
    }
    expect(statusOf(String(pid))).toMatchObject({ NoNewPrivs: '1' });
  });

  it('end in a root directory of its own, where times are still local ones', async () => {
    using jail = new TempDirectory('jail');
    chmodSync(jail.path, 0o755);
    mkdirSync(join(jail.path, 'only-this'));

    const { pid, outcome } = await drop({ ...NOBODY, chrootDirectory: jail.path });

    expect(outcome).toMatchObject({
      groups: [NOBODYS_ID],
      workingDirectory: '/',
      root: ['only-this'],
      isProcThere: false,
      hourInSummer: new Date(Date.UTC(2026, 6, 1)).getHours(),
    });
    expect(readlinkSync(`/proc/${pid}/root`)).toBe(jail.path);
    expect(statusOf(String(pid))).toMatchObject({ Uid: four(NOBODYS_ID), NoNewPrivs: '1' });
  });

  it('keep the time zone that the environment names', async () => {
    using jail = new TempDirectory('jail');
    chmodSync(jail.path, 0o755);

    const { outcome } = await drop({ ...NOBODY, chrootDirectory: jail.path }, { TZ: 'Asia/Kolkata' });

    expect(outcome).toMatchObject({ hourInSummer: 5 });
  });

  it('are given up without koffi too', async () => {
    const { pid } = await drop(NOBODY, {}, 'without libc');

    expect(statusOf(String(pid))).toMatchObject({ Uid: four(NOBODYS_ID), NoNewPrivs: '0' });
  });

  it('stay when run_as_root allows it, with a warning', async () => {
    const { pid, outcome } = await drop({ ...NOBODY, procUsername: 'root', runAsRoot: true });

    expect(outcome).toMatchObject({
      identity: { uid: 0 },
      log: [{ level: 'warn', directive: 'run_as_root' }],
    });
    expect(statusOf(String(pid))).toMatchObject({ Uid: four(0), NoNewPrivs: '1' });
  });

  it.each([
    [
      { ...NOBODY, procUsername: 'root' },
      "Cannot use 'root' for proc_username: expected another user than root, unless run_as_root is yes",
    ],
    [
      { ...NOBODY, procUsername: 'no-such-user' },
      "Cannot use 'no-such-user' for proc_username: User identifier does not exist: no-such-user",
    ],
    [
      { ...NOBODY, procGroupname: 'no-such-group' },
      "Cannot use 'no-such-group' for proc_groupname: Group identifier does not exist: no-such-group",
    ],
    [
      { ...NOBODY, chrootDirectory: '/no/such/directory' },
      "Cannot use '/no/such/directory' for chroot_directory: no such file or directory",
    ],
    [
      { ...NOBODY, chrootDirectory: '/etc/passwd' },
      "Cannot use '/etc/passwd' for chroot_directory: expected a directory",
    ],
  ])('are not touched when the settings cannot be followed: %j', async (settings, error) => {
    const { stdout } = await tryProgram(...program('privileges', JSON.stringify(settings)));

    expect(JSON.parse(String(stdout))).toEqual({ error: `StartError: ${error}`, log: [] });
  });

  it('do not change root directory without koffi', async () => {
    const settings = JSON.stringify({ ...NOBODY, chrootDirectory: '/tmp' });

    const { stdout } = await tryProgram(...program('privileges', settings, 'without libc'));

    expect(JSON.parse(String(stdout)).error).toBe(
      "StartError: Cannot use '/tmp' for chroot_directory: chroot(2) needs the npm package koffi, which cannot be loaded",
    );
  });

  it('are no condition: without them the process stays who it is', async () => {
    const [command, args] = program('privileges', JSON.stringify({ ...NOBODY, chrootDirectory: '/tmp' }));
    const setpriv = ['--reuid=65534', '--regid=65534', '--clear-groups', command, ...args];
    const { pid, outcome } = await start('setpriv', setpriv);

    expect(outcome).toMatchObject({
      workingDirectory: process.cwd(),
      isProcThere: true,
      log: [
        { level: 'info', uid: NOBODYS_ID },
        { level: 'warn', directive: 'chroot_directory' },
      ],
    });
    expect(outcome).not.toHaveProperty('identity');
    expect(statusOf(String(pid))).toMatchObject({ Uid: four(NOBODYS_ID), NoNewPrivs: '1' });
  });

  it('are asked for in words when a container has taken the right to change them', async () => {
    const [command, args] = program('privileges', JSON.stringify(NOBODY));

    const { stdout } = await tryProgram('setpriv', [
      '--bounding-set=-setgid,-setuid',
      '--inh-caps=-setgid,-setuid',
      command,
      ...args,
    ]);

    expect(JSON.parse(String(stdout)).error).toMatch(
      /^StartError: Cannot .* \(?proc_(group|user)name\)?.*: /,
    );
  });
});

interface Dropped {
  readonly pid: number;
  readonly outcome: object;
}

function drop(
  settings: PrivilegeSettings,
  env: Readonly<Record<string, string>> = {},
  libc = 'with libc',
): Promise<Dropped> {
  return start(...program('privileges', JSON.stringify(settings), libc), env);
}

/** Runs a program until it has printed what it found; it ends with the test. */
async function start(
  command: string,
  args: string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Dropped> {
  const running = await BackgroundProgram.start(command, args, { env });
  onTestFinished(async () => {
    await running.stop();
  });
  const isPrinted = (): boolean => running.output.endsWith('\n') || running.exit !== undefined;
  await waitUntil(isPrinted, { what: 'what the program found' });
  return { pid: running.pid, outcome: JSON.parse(running.output) };
}

/** The fields of proc(5), /proc/PID/status. */
function statusOf(thread: string): Record<string, string> {
  const lines = readFileSync(`/proc/${thread}/status`, 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => line.split(':\t').map((part) => part.trim())));
}

/** Real, effective, saved and for file access. */
function four(id: number): string {
  return `${id}\t${id}\t${id}\t${id}`;
}
