import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { DAEMON_PATH, DaemonProcess } from '../../support/daemon-process.ts';
import { tryProgram } from '../../support/run-program.ts';
import { TempDirectory } from '../../support/temp-directory.ts';

interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

let directory: TempDirectory;

beforeEach(() => {
  directory = new TempDirectory('command-line');
  onTestFinished(() => directory.remove());
});

async function run(...args: readonly string[]): Promise<Ran> {
  const { exitCode, stdout, stderr } = await tryProgram(DAEMON_PATH, args);
  return { exitCode, stdout: stdout.toString(), stderr: stderr.toString() };
}

function configFile(...lines: readonly string[]): string {
  const file = join(directory.path, 'imapproxy.conf');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return file;
}

it.each(['--help', '-h'])('imapproxyd %s prints how it is used', async (option) => {
  const { exitCode, stdout, stderr } = await run(option);

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^Usage: imapproxyd /);
  for (const name of ['--config', '--pid-file', '--check-config', '--explain', '--version']) {
    expect(stdout).toContain(name);
  }
  expect(stderr).toBe('');
});

it.each(['--version', '-V'])('imapproxyd %s prints the version of the package', async (option) => {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'));

  expect(await run(option)).toEqual({ exitCode: 0, stdout: `imapproxyd ${manifest.version}\n`, stderr: '' });
});

it.each([[['--nonsense']], [['-x']], [['word']], [['--check-config', '--explain']], [['-f']], [['-f', '']]])(
  'imapproxyd %j is a mistake of usage',
  async (args) => {
    const { exitCode, stdout, stderr } = await run(...args);

    expect(exitCode).toBe(64);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^imapproxyd: Cannot [^\n]+\nUsage: imapproxyd /);
  },
);

it('imapproxyd --check-config accepts a good file and counts its warnings', async () => {
  const file = configFile(
    'server_hostname mail.example.org',
    'listen_port 1143',
    'force_tls no',
    'no_such_thing 1',
  );

  const { exitCode, stdout, stderr } = await run('-f', file, '--check-config');

  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual([
    `${file}:4: warning: no_such_thing: unknown directive, ignored`,
    `${file}: configuration is valid (3 directives set, 1 warning)`,
    '',
  ]);
  expect(stderr).toBe('');
});

it('imapproxyd --check-config names file and line of everything that is wrong', async () => {
  const file = configFile('server_port 1143', 'listen_port many', '# comment', 'cache_size 0');

  const { exitCode, stdout } = await run('-f', file, '--check-config');

  expect(exitCode).toBe(78);
  expect(stdout.split('\n')).toEqual([
    expect.stringMatching(`^${file}:2: error: listen_port: expected .*'many'$`),
    expect.stringMatching(`^${file}:4: error: cache_size: expected .*'0'$`),
    '',
  ]);
});

it('imapproxyd does not start on a file that --check-config refuses, and says the same', async () => {
  const file = configFile('listen_port many');

  const checked = await run('-f', file, '--check-config');
  const started = await run('-f', file);

  expect(started).toEqual({ exitCode: 78, stdout: '', stderr: checked.stdout });
});

it.each([[['--check-config']], [[]]])(
  'imapproxyd %j names a configuration file that is not there',
  async (args) => {
    const file = join(directory.path, 'missing.conf');

    const { exitCode, stdout, stderr } = await run('-f', file, ...args);

    expect(exitCode).toBe(78);
    expect(stdout + stderr).toContain(`${file}: error: cannot read the file: ENOENT`);
  },
);

it('imapproxyd --explain tells each value and where it comes from, but no secret', async () => {
  const file = configFile(
    'listen_port 1143',
    'cache_expiration_time 60',
    'auth_shared_secret do-not-tell',
    'auth_sasl_plain_username proxy',
    'auth_sasl_plain_password do-not-tell',
  );

  const { exitCode, stdout, stderr } = await run('-f', file, '--explain');

  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`^listen_port +1143 +${file}:1$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^cache_expiration_time +60 seconds +${file}:2$`, 'm'));
  expect(stdout).toMatch(/^cache_size +3072 connections +default$/m);
  expect(stdout + stderr).not.toContain('do-not-tell');
});

it('imapproxyd ends with one clear line when its port is taken', async () => {
  const holder = createServer().listen(0, '127.0.0.1');
  await once(holder, 'listening');
  onTestFinished(() => void holder.close());
  const address = holder.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  await using daemon = await DaemonProcess.launch({
    listen_port: port ?? 0,
    server_hostname: '127.0.0.1',
    server_port: 1,
  });

  expect(await daemon.waitForExit()).toBe(1);

  expect(daemon.log().filter(({ level }) => level === 'error')).toMatchObject([
    { msg: 'could not start', error: `listen EADDRINUSE: address already in use 127.0.0.1:${port}` },
  ]);
  expect(daemon.output).not.toMatch(/^ +at /m);
});
