import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ChildDaemon } from './child-daemon.ts';
import { dovecotConfig } from './dovecot-config.ts';
import { PASSWORD_SCHEME, writeUsers } from './dovecot-users.ts';
import { ImapClient } from './imap-client.ts';
import type { MailServer } from './mail-server.ts';
import { type Person, WARM_UP } from './people.ts';

const BINARY = '/usr/sbin/dovecot';
const START_DEADLINE_MS = 15_000;
const LOG_DEADLINE_MS = 5_000;

/**
 * Starts a private Dovecot 2.3 with the same mail as the embedded server.
 *
 * @throws Error that says what to do when Dovecot is missing, too new or does not start.
 */
export async function startDovecot(people: readonly Person[]): Promise<MailServer> {
  const version = dovecotVersion();
  const directory = await mkdtemp(join(tmpdir(), 'imapproxyd-demo-dovecot-'));
  const removeDirectory = () => rm(directory, { recursive: true, force: true });
  try {
    await writeUsers(directory, people);
    const port = await freePort();
    await writeFile(join(directory, 'dovecot.conf'), dovecotConfig(directory, port));
    const log = new LoginLog();
    const daemon = new ChildDaemon('Dovecot', BINARY, ['-F', '-c', join(directory, 'dovecot.conf')], (line) =>
      log.read(line),
    );
    await daemon.waitFor(log.started, START_DEADLINE_MS).catch(async (error: unknown) => {
      await daemon.stop();
      throw error;
    });
    return {
      port,
      description: `Dovecot ${version}`,
      passwordCheck: `${PASSWORD_SCHEME}, 5000 rounds`,
      tellsLogins: false,
      logins: () => daemon.waitFor(log.countAfterLogin(port), LOG_DEADLINE_MS),
      died: daemon.died,
      stop: () => daemon.stop().then(removeDirectory),
    };
  } catch (error) {
    await removeDirectory();
    throw error;
  }
}

/** Counts the logins that Dovecot logs. */
class LoginLog {
  readonly #started = Promise.withResolvers<void>();
  #logins = 0;
  #ownLogin: () => void = () => undefined;

  /** Resolves once the port is open. */
  get started(): Promise<void> {
    return this.#started.promise;
  }

  read(line: string): void {
    if (line.includes('starting up')) this.#started.resolve();
    const user = /imap-login: Info: Login: user=<([^>]*)>/.exec(line)?.[1];
    if (user === WARM_UP.name) this.#ownLogin();
    else if (user !== undefined) this.#logins += 1;
  }

  /** Log lines come late but in order: that of a login of our own comes behind those of all earlier logins. */
  async countAfterLogin(port: number): Promise<number> {
    const logged = new Promise<void>((resolve) => {
      this.#ownLogin = resolve;
    });
    const client = await ImapClient.connect(port);
    await client.response();
    await client.command(`LOGIN ${WARM_UP.name} ${WARM_UP.password}`);
    await logged;
    client.close();
    return this.#logins;
  }
}

function dovecotVersion(): string {
  let version: string;
  try {
    version = execFileSync(BINARY, ['--version'], { encoding: 'utf8' }).split(' ', 1)[0] ?? '';
  } catch (cause) {
    throw new Error(`Cannot run ${BINARY}: install it with "apt-get install dovecot-imapd"`, { cause });
  }
  if (version.startsWith('2.3.')) return version;
  throw new Error(`Cannot use Dovecot ${version}: expected 2.3; the demo runs without --dovecot as well`);
}

/** Another process could take the port before Dovecot does; Dovecot then says so and the demo ends. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
