import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { describeAsRoot } from '../../support/as-root.ts';
import { DAEMON_PATH } from '../../support/daemon-process.ts';
import { freePort } from '../../support/free-port.ts';
import { tryProgram } from '../../support/run-program.ts';
import { describeWith } from '../../support/system-packages.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { isRunning } from './is-running.ts';

const INIT_SCRIPT = '/etc/init.d/imapproxy';
const SHIPPED_CONFIGURATION = '/usr/share/imapproxy/imapproxy.conf.default';
const NOBODYS_ID = 65_534;

let directory: string;
let port: number;

beforeEach(async () => {
  const temporary = new TempDirectory('classic-start');
  onTestFinished(() => temporary.remove());
  directory = temporary.path;
  chmodSync(directory, 0o755);
  mkdirSync(path('chroot'));
  port = await freePort();
  writeConfiguration();
  onTestFinished(async () => {
    if (pid() > 0 && isRunning(pid())) await end(pid());
  });
});

describeWith(['imapproxy'], 'A daemon in place of the classic one', () => {
  describeAsRoot('The configuration that Debian ships, with other ports and paths', () => {
    it('starts a daemon in the background that listens as nobody in its own root', async () => {
      const { exitCode, stderr } = await start();
      expect(String(stderr)).not.toContain('could not start');
      expect(exitCode).toBe(0);

      expect(readFileSync(path('imapproxy.pid'), 'utf8')).toMatch(/^\d+\n$/);
      expect(statSync(path('imapproxy.pid'))).toMatchObject({ uid: 0 });
      expect(readlinkSync(`/proc/${pid()}/root`)).toBe(path('chroot'));
      const status = readFileSync(`/proc/${pid()}/status`, 'utf8');
      expect(status).toMatch(/^Name:\timapproxyd$/m);
      expect(status).toMatch(new RegExp(`^Uid:(\\t${NOBODYS_ID}){4}$`, 'm'));
      expect(status).toMatch(/^NoNewPrivs:\t1$/m);
      expect(await greeting()).toMatch(/^\* OK /);
    });

    it('does not start a second one', async () => {
      await start();
      const first = pid();

      const { exitCode, stderr } = await start();

      expect(exitCode).toBe(1);
      expect(String(stderr)).toContain(
        `process ${first} runs already, by its pid file ${path('imapproxy.pid')}`,
      );
      expect(await greeting()).toMatch(/^\* OK /);
    });

    it('says why it cannot start', async () => {
      writeConfiguration('proc_username no-such-user');

      const { exitCode, stderr } = await start();

      expect(exitCode).toBe(1);
      expect(String(stderr)).toContain("Cannot use 'no-such-user' for proc_username");
      expect(existsSync(path('imapproxy.pid'))).toBe(false);
    });

    it('is read again on SIGHUP, out of its own root', async () => {
      await start();
      expect(await capabilities()).not.toContain('XIMAPPROXY');

      writeConfiguration('announce_reuse yes');
      process.kill(pid(), 'SIGHUP');

      await waitUntil(async () => (await capabilities()).includes('XIMAPPROXY'), { what: 'the new setting' });
    });

    it('removes its pid file when it stops', async () => {
      await start();

      await end(pid());

      expect(existsSync(path('imapproxy.pid'))).toBe(false);
    });

    it("keeps the counters that Debian's own pimpstat shows", async () => {
      await start();
      expect(statSync(path('pimpstats'))).toMatchObject({ uid: NOBODYS_ID, size: 72 });
      const before = totalClients();

      await greeting();

      await waitUntil(() => totalClients() === before + 1, { what: 'one more client' });
    });
  });

  describeAsRoot("Debian's own init script", () => {
    it('starts, restarts and stops the daemon', async () => {
      const script = initScript();
      expect(execFileSync(script, ['start']).toString()).toContain('Starting IMAP proxy: imapproxy.');
      const first = pid();
      expect(await greeting()).toMatch(/^\* OK /);
      expect(execFileSync(script, ['start']).toString()).toContain('Already started');

      execFileSync(script, ['restart']);
      const second = pid();
      expect(second).not.toBe(first);
      await waitUntil(() => !isRunning(first), { what: 'the end of the first daemon' });
      expect(await greeting()).toMatch(/^\* OK /);

      execFileSync(script, ['stop']);
      expect(existsSync(path('imapproxy.pid'))).toBe(false);
      await waitUntil(() => !isRunning(second), { what: 'the end of the second daemon' });
    });
  });
});

function path(name: string): string {
  return join(directory, name);
}

function start() {
  return tryProgram(DAEMON_PATH, ['-f', path('imapproxy.conf'), '-p', path('imapproxy.pid')]);
}

function writeConfiguration(...further: readonly string[]): void {
  const settings = {
    server_hostname: '127.0.0.1',
    server_port: '1',
    listen_port: String(port),
    listen_address: '127.0.0.1',
    stat_filename: path('pimpstats'),
    protocol_log_filename: path('protocol.log'),
    chroot_directory: path('chroot'),
  };
  const shipped = readFileSync(SHIPPED_CONFIGURATION, 'utf8').split('\n');
  const kept = shipped.filter((line) => !Object.keys(settings).some((name) => line.startsWith(`${name} `)));
  const own = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  writeFileSync(path('imapproxy.conf'), [...kept, ...own, ...further, ''].join('\n'));
}

/** The script of the package, with other paths and nothing else changed. */
function initScript(): string {
  const script = path('init');
  const original = readFileSync(INIT_SCRIPT, 'utf8');
  const text = original
    .replace(/^DAEMON=.*$/m, `DAEMON=${DAEMON_PATH}`)
    .replace(/^ARGS=.*$/m, `ARGS="-f ${path('imapproxy.conf')} -p ${path('imapproxy.pid')}"`)
    .replace(/^PIDFILE=.*$/m, `PIDFILE=${path('imapproxy.pid')}`)
    .replace('/usr/share/imapproxy/prepare-chroot', 'true');
  writeFileSync(script, text, { mode: 0o755 });
  return script;
}

/** 0: there is none. */
function pid(): number {
  return existsSync(path('imapproxy.pid')) ? Number(readFileSync(path('imapproxy.pid'), 'utf8')) : 0;
}

async function end(running: number): Promise<void> {
  process.kill(running, 'SIGTERM');
  await waitUntil(() => !isRunning(running), { what: `the end of process ${running}` });
}

async function greeting(): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  const [octets] = await once(socket, 'data');
  socket.destroy();
  return String(octets);
}

function totalClients(): number {
  const output = execFileSync('/usr/sbin/pimpstat', ['-c', '-f', path('imapproxy.conf')]).toString();
  return Number(/(\d+) Total Client Connections/.exec(output)?.[1]);
}

/** The answer to CAPABILITY before login. */
async function capabilities(): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'data');
  socket.write('a CAPABILITY\r\n');
  const [octets] = await once(socket, 'data');
  socket.destroy();
  return String(octets);
}
