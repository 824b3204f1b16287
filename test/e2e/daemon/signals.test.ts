import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { logIn, visit } from '../../integration/support/sessions.ts';
import { type DaemonOptions, DaemonProcess, type Directives } from '../../support/daemon-process.ts';
import { Dovecot } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';

describeWith(['dovecot-imapd'], 'Daemon that is told to stop', () => {
  let dovecot: Dovecot;

  beforeEach(async () => {
    dovecot = await Dovecot.start();
    onTestFinished(() => dovecot.stop());
  });

  async function startDaemon(
    directives: Directives = {},
    options: DaemonOptions = {},
  ): Promise<DaemonProcess> {
    const server = { server_hostname: '127.0.0.1', server_port: dovecot.port };
    const daemon = await DaemonProcess.start({ ...server, ...directives }, options);
    onTestFinished(() => daemon[Symbol.asyncDispose]());
    return daemon;
  }

  async function refusesClients(port: number): Promise<boolean> {
    try {
      (await ImapClient.connect(port)).close();
      return false;
    } catch {
      return true;
    }
  }

  it('logs its parked connections out and ends with success', async () => {
    const daemon = await startDaemon();
    const clients = [await logIn(daemon.port, 'alice'), await logIn(daemon.port, 'alice')];
    for (const client of clients) {
      await client.command('SELECT INBOX');
      await client.logout();
    }
    await visit(daemon.port, 'bob');

    expect(await daemon.stop()).toBe(0);

    await waitUntil(() => endings('alice').length === 2 && endings('bob').length === 1, {
      what: 'the server to log the ends of three connections',
    });
    expect([...endings('alice'), ...endings('bob')]).toEqual(Array(3).fill('Disconnected: Logged out'));
  });

  /** In the words of the server, of all connections of `user` that have ended. */
  function endings(user: string): readonly string[] {
    const pattern = new RegExp(` imap\\(${user}\\)<.*?>: Info: (Disconnected: .*?) in=`, 'g');
    return [...dovecot.log().matchAll(pattern)].map((match) => match[1] ?? '');
  }

  it('lets a running session finish, lets nobody in, and ends when the last one is over', async () => {
    const daemon = await startDaemon({ drain_timeout: 20 });
    const { port } = daemon;
    const client = await logIn(port, 'alice');
    await client.command('SELECT INBOX');

    daemon.signal('SIGTERM');
    await waitUntil(() => refusesClients(port), { what: 'the port to close' });

    expect((await client.command('STATUS INBOX (MESSAGES)')).status).toBe('OK');
    expect((await client.command('APPEND INBOX {2}', 'hi\r\n')).status).toBe('OK');
    expect((await client.logout()).status).toBe('OK');
    expect(await daemon.waitForExit()).toBe(0);
  });

  it('ends a session that takes longer than drain_timeout, with a BYE', async () => {
    const daemon = await startDaemon({ drain_timeout: 1 });
    using client = await logIn(daemon.port, 'alice');
    await client.command('SELECT INBOX');

    daemon.signal('SIGTERM');

    expect(await client.readToEnd()).toMatch(/^\* BYE \[UNAVAILABLE\] [^\r]+\r\n$/);
    client.close();
    expect(await daemon.waitForExit()).toBe(0);
  });

  it('says BYE at once to a client that has not logged in', async () => {
    const daemon = await startDaemon({ drain_timeout: 20 });
    using client = await ImapClient.connect(daemon.port);
    await client.readGreeting();

    daemon.signal('SIGTERM');

    expect(await client.readToEnd()).toMatch(/^\* BYE \[UNAVAILABLE\] /);
    client.close();
    expect(await daemon.waitForExit()).toBe(0);
  });

  it('ends with success by SIGINT as well', async () => {
    const daemon = await startDaemon();
    await visit(daemon.port, 'alice');

    expect(await daemon.stop('SIGINT')).toBe(0);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('does not lose a %s that comes while it starts', async (signal) => {
    // It waits a moment for the first greeting, which this server withholds until the signal is under way.
    const held: Socket[] = [];
    const server = createServer((socket) => held.push(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    const daemon = await DaemonProcess.launch({ server_hostname: '127.0.0.1', server_port: port });
    onTestFinished(() => daemon[Symbol.asyncDispose]());
    await waitUntil(() => held.length > 0, { what: 'the daemon to ask the server for its greeting' });

    daemon.signal(signal);
    for (const socket of held) socket.end('* OK [CAPABILITY IMAP4rev1] ready\r\n');

    expect(await daemon.waitForExit()).toBe(0);
  });

  it('keeps its pid file as long as it runs', async () => {
    using directory = new TempDirectory('pid');
    const pidFile = join(directory.path, 'imapproxy.pid');
    const daemon = await startDaemon({}, { args: ['-p', pidFile] });

    await waitUntil(() => existsSync(pidFile), { what: 'the pid file' });
    expect(readFileSync(pidFile, 'utf8')).toBe(`${daemon.pid}\n`);
    await daemon.stop();

    expect(existsSync(pidFile)).toBe(false);
  });
});
