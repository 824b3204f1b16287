import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BackgroundProgram } from '../../support/background-program.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { freePort } from '../../support/free-port.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Where Debian has it; `/usr/sbin` is not in the path of every user. */
const PROGRAM = '/usr/sbin/imapproxyd';

const START_DEADLINE_MS = 10_000;
/** Another process may take a free port before the daemon does. */
const PORT_ATTEMPTS = 3;

/** The classic daemon (Debian's imapproxy 1.2.8), private to the test. It has to be started by root. */
export class ClassicDaemon implements AsyncDisposable {
  readonly port: number;
  readonly #directory: TempDirectory;
  readonly #program: BackgroundProgram;

  private constructor(port: number, directory: TempDirectory, program: BackgroundProgram) {
    this.port = port;
    this.#directory = directory;
    this.#program = program;
  }

  /** Resolves once it greets. @throws Error when it ends instead; it says why to syslog only. */
  static async start(directives: Directives): Promise<ClassicDaemon> {
    for (let attempt = 1; ; attempt += 1) {
      const daemon = await ClassicDaemon.#launch(directives);
      await waitUntil(() => daemon.hasEnded || daemon.#greets(), {
        what: 'a greeting of the classic daemon',
        deadlineMs: START_DEADLINE_MS,
      });
      if (!daemon.hasEnded) return daemon;
      await daemon[Symbol.asyncDispose]();
      if (attempt === PORT_ATTEMPTS) {
        throw new Error(
          `The classic daemon does not start: ${JSON.stringify(daemon.#program.exit)} ${daemon.#program.output}`,
        );
      }
    }
  }

  static async #launch(directives: Directives): Promise<ClassicDaemon> {
    const directory = new TempDirectory('classic');
    // It becomes nobody and creates its files afterwards.
    chmodSync(directory.path, 0o777);
    const port = await freePort();
    const config = join(directory.path, 'imapproxy.conf');
    const all = { ...ownDirectives(directory.path, port), ...directives };
    writeFileSync(
      config,
      Object.entries(all)
        .map(([name, value]) => `${name} ${value === true ? 'yes' : value === false ? 'no' : value}\n`)
        .join(''),
    );
    return new ClassicDaemon(port, directory, await BackgroundProgram.start(PROGRAM, ['-f', config]));
  }

  /** Whether it has ended, which without a signal of ours is a crash. */
  get hasEnded(): boolean {
    return this.#program.exit !== undefined;
  }

  /** Kills it, as its init script does, and removes its directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.hasEnded) await this.#program.kill();
    this.#directory.remove();
  }

  async #greets(): Promise<boolean> {
    try {
      using client = await ImapClient.connect(this.port);
      return (await client.readGreeting()).startsWith('* OK');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return false;
      throw error;
    }
  }
}

function ownDirectives(directory: string, port: number): Directives {
  return {
    listen_address: '127.0.0.1',
    listen_port: port,
    cache_size: 1000,
    cache_expiration_time: 300,
    proc_username: 'nobody',
    proc_groupname: 'nogroup',
    stat_filename: join(directory, 'pimpstats'),
    protocol_log_filename: join(directory, 'protocol.log'),
    foreground_mode: true,
    // One of its faults writes 25 MB of syslog a second.
    syslog_prioritymask: 'LOG_EMERG',
  };
}
