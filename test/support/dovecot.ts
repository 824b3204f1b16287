import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { BackgroundProgram } from './background-program.ts';
import { type DovecotTls, dovecotConfig, isPrivileged, mailOwner } from './dovecot-config.ts';
import { freePort } from './free-port.ts';
import { ImapClient } from './imap-client.ts';
import { runProgram, tryProgram } from './run-program.ts';
import { TempDirectory } from './temp-directory.ts';
import { waitUntil } from './wait-until.ts';

export interface DovecotOptions {
  /** Who may log in; each with the password `passwordOf(user)`. Default `alice` and `bob`. */
  readonly users?: readonly string[];
  /** Default `maildir`. */
  readonly storage?: 'maildir' | 'mdbox';
  /** How long a refused login is held back, as a Dovecot duration such as `1s`. Default and least: half a second. */
  readonly failureDelay?: string;
  /** The server's certificate: it then offers STARTTLS on `port` and TLS from the first octet on `tlsPort`. */
  readonly tls?: DovecotTls;
  /** Further lines of `dovecot.conf`; they come last and win. */
  readonly settings?: string;
}

/** Where Debian has them; `/usr/sbin` is not in the path of every user. */
const DOVECOT = '/usr/sbin/dovecot';
const DOVEADM = '/usr/bin/doveadm';

const PORT_ATTEMPTS = 5;
const START_DEADLINE_MS = 15_000;

/** Logs in for `loginCount` alone, which does not count it. */
const BARRIER = 'login-count-barrier';

/** The password every user has at first. */
export function passwordOf(user: string): string {
  return `${user}-secret`;
}

/**
 * A private Dovecot 2.3 on a loopback port of its own, with everything it writes in a temporary directory.
 * Runs as root and as an ordinary user. End it with `stop` in `afterAll`, or hold it with `await using`.
 */
export class Dovecot implements AsyncDisposable {
  readonly #directory = new TempDirectory('dovecot');
  readonly #passwords = new Map<string, string>();
  readonly #options: DovecotOptions;
  #port = 0;
  #tlsPort = 0;
  #program: BackgroundProgram | undefined;
  #passwdVersion = 0;

  private constructor(options: DovecotOptions) {
    this.#options = options;
    for (const user of [BARRIER, ...(options.users ?? ['alice', 'bob'])]) {
      this.#passwords.set(user, passwordOf(user));
    }
  }

  /** Resolves once the server has sent a greeting. @throws Error with the server's own words when it cannot run. */
  static async start(options: DovecotOptions = {}): Promise<Dovecot> {
    const server = new Dovecot(options);
    try {
      server.#prepareDirectory();
      await server.#launchOnFreePort();
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  get port(): number {
    return this.#port;
  }

  /** Where TLS begins with the first octet; 0 without the option `tls`. */
  get tlsPort(): number {
    return this.#tlsPort;
  }

  /** Everything the server has logged since its first start. Lines may come a moment after what they tell. */
  log(): string {
    return existsSync(this.#path('dovecot.log')) ? readFileSync(this.#path('dovecot.log'), 'utf8') : '';
  }

  /**
   * How many logins have succeeded since the first start, of one user or of all. Exact: a login of our own goes
   * through the server's one login process first, and its log line comes behind all earlier ones.
   */
  async loginCount(user?: string): Promise<number> {
    const before = this.#loggedLogins(BARRIER);
    const client = await ImapClient.login(this.#port, BARRIER, passwordOf(BARRIER));
    await client.logout();
    await waitUntil(() => this.#loggedLogins(BARRIER) > before, { what: 'the log line of a login' });
    return this.#loggedLogins(user);
  }

  /**
   * Gives a user another password, or makes a new user. Resolves once the server refuses the old one, which may
   * take a second: it looks at its password file no more often.
   */
  async setPassword(user: string, password: string): Promise<void> {
    this.#passwords.set(user, password);
    this.#writePasswords();
    await waitUntil(() => this.#acceptsPassword(user, password), { what: `the new password of ${user}` });
  }

  /** Puts a message (CRLF or LF line ends) into a mailbox without an IMAP session. */
  async deliver(user: string, message: string | Buffer, mailbox = 'INBOX'): Promise<void> {
    await this.#doveadm(['save', '-u', user, '-m', mailbox], message);
  }

  /** Stops in good order and starts again on the same port, with mail and passwords as they were. */
  async restart(): Promise<void> {
    await this.#program?.stop();
    await this.#launch();
  }

  /** Ends all server processes at once, as a crash would. `restart` brings the server back. */
  async kill(): Promise<void> {
    await this.#program?.kill();
  }

  /** Ends the server, which says BYE to whoever is logged in, and removes its directory. */
  async stop(): Promise<void> {
    if (this.#program?.exit === undefined) await this.#program?.stop();
    this.#directory.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** Another process may take a free port before the server does; its own word tells. */
  async #launchOnFreePort(): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      this.#port = await freePort();
      if (this.#options.tls !== undefined) this.#tlsPort = await freePort();
      try {
        await this.#launch();
        return;
      } catch (error) {
        if (attempt === PORT_ATTEMPTS || !String(error).includes('Address already in use')) throw error;
      }
    }
  }

  async #launch(): Promise<void> {
    const { storage = 'maildir', failureDelay = '0', settings = '' } = this.#options;
    const tls = this.#options.tls && { ...this.#options.tls, port: this.#tlsPort };
    const directory = this.#directory.path;
    writeFileSync(
      this.#path('dovecot.conf'),
      dovecotConfig({ directory, port: this.#port, storage, failureDelay, tls, settings }),
    );
    const logged = this.log().length;
    this.#program = await BackgroundProgram.start(DOVECOT, ['-F', '-c', this.#path('dovecot.conf')]);
    await waitUntil(() => this.#isReady(logged), {
      what: 'a greeting of Dovecot',
      deadlineMs: START_DEADLINE_MS,
    });
  }

  /** The log says "starting up" once the port is ours; a greeting on it alone could be another server's. */
  async #isReady(logged: number): Promise<boolean> {
    if (this.#program?.exit !== undefined) {
      throw new Error(`Cannot start Dovecot:\n${this.#program.output}${this.log().slice(logged)}`);
    }
    if (!this.log().slice(logged).includes('starting up')) return false;
    using client = await ImapClient.connect(this.#port);
    // While its authentication process starts, the server says "* OK Waiting for authentication process".
    await client.readUntil(/^\* OK \[CAPABILITY /);
    return true;
  }

  #prepareDirectory(): void {
    const mail = this.#path('mail');
    mkdirSync(mail);
    if (isPrivileged) {
      // Each of the server's processes has a user of its own and must come through here.
      chmodSync(this.#directory.path, 0o755);
      chownSync(mail, mailOwner.uid, mailOwner.gid);
    }
    this.#writePasswords();
  }

  #writePasswords(): void {
    const lines = [...this.#passwords].map(([user, password]) => `${user}:{PLAIN}${password}\n`);
    writeFileSync(this.#path('passwd'), lines.join(''));
    // The server compares whole seconds of the file's time; two changes within one would look like none.
    this.#passwdVersion += 1;
    utimesSync(this.#path('passwd'), this.#passwdVersion, this.#passwdVersion);
  }

  async #acceptsPassword(user: string, password: string): Promise<boolean> {
    const { exitCode } = await tryProgram(DOVEADM, [
      '-c',
      this.#path('dovecot.conf'),
      'auth',
      'test',
      user,
      password,
    ]);
    return exitCode === 0;
  }

  async #doveadm(args: readonly string[], input: string | Buffer): Promise<void> {
    await runProgram(DOVEADM, ['-c', this.#path('dovecot.conf'), ...args], { input });
  }

  #loggedLogins(user?: string): number {
    const users = [...this.log().matchAll(/ imap-login: Info: Login: user=<(.*?)>, /g)].map(
      (match) => match[1],
    );
    return users.filter((name) => (user === undefined ? name !== BARRIER : name === user)).length;
  }

  #path(name: string): string {
    return join(this.#directory.path, name);
  }
}
