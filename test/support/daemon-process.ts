import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BackgroundProgram } from './background-program.ts';
import { JsonLines, type LogEntry } from './json-lines.ts';
import { TempDirectory } from './temp-directory.ts';
import { waitUntil } from './wait-until.ts';

/** Directive names of the configuration file and their values; booleans become `yes` and `no`. */
export type Directives = Readonly<Record<string, string | number | boolean>>;

export interface DaemonOptions {
  /** Further arguments of the command line, behind `-f FILE`. */
  readonly args?: readonly string[];
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** The launcher under test, as a user starts it. It runs what was built last. */
export const DAEMON_PATH = fileURLToPath(new URL('../../bin/imapproxyd', import.meta.url));

const START_DEADLINE_MS = 15_000;

/**
 * The daemon as a process of its own, with a configuration file in a temporary directory. It listens on a loopback
 * port that the system chooses, unless the directives say otherwise.
 */
export class DaemonProcess implements AsyncDisposable {
  readonly #directory: TempDirectory;
  readonly #log: JsonLines;
  readonly #program: BackgroundProgram;

  private constructor(directory: TempDirectory, log: JsonLines, program: BackgroundProgram) {
    this.#directory = directory;
    this.#log = log;
    this.#program = program;
  }

  /** Resolves once the daemon listens. @throws Error with all it wrote when it does not. */
  static async start(directives: Directives, options: DaemonOptions = {}): Promise<DaemonProcess> {
    const daemon = await DaemonProcess.launch(directives, options);
    try {
      await daemon.waitForLog('listening', START_DEADLINE_MS);
      return daemon;
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Starts it and waits for nothing: for configurations with which it must end by itself. */
  static async launch(
    directives: Directives,
    { args = [], env = {} }: DaemonOptions = {},
  ): Promise<DaemonProcess> {
    const directory = new TempDirectory('daemon');
    const log = new JsonLines();
    writeConfig(directory.path, directives);
    // A daemon that was started by root becomes someone else, who must still find the file.
    chmodSync(directory.path, 0o755);
    const program = await BackgroundProgram.start(DAEMON_PATH, ['-f', configFile(directory.path), ...args], {
      env,
      onStderr: (text) => log.push(text),
    });
    return new DaemonProcess(directory, log, program);
  }

  get pid(): number {
    return this.#program.pid;
  }

  /** The port of its first listener. */
  get port(): number {
    const port = this.log('listening')[0]?.port;
    if (port === undefined) throw new Error(`The daemon does not listen:\n${this.output}`);
    return port;
  }

  /** Its own temporary directory: the configuration file and the statistics file are in there. */
  get directory(): string {
    return this.#directory.path;
  }

  /** Everything it wrote, log lines or not. */
  get output(): string {
    return this.#program.output;
  }

  /** Replaces the configuration file; the daemon reads it when it is told to. */
  writeConfig(directives: Directives): void {
    writeConfig(this.directory, directives);
  }

  /** The log so far, or only the entries with this `msg`. */
  log(msg?: string): readonly LogEntry[] {
    return this.#log.entries.filter((entry) => msg === undefined || entry.msg === msg);
  }

  /** Waits for the first entry, past or to come, that has this `msg` or satisfies the predicate. */
  async waitForLog(wanted: string | ((entry: LogEntry) => boolean), deadlineMs = 5_000): Promise<LogEntry> {
    const isWanted = typeof wanted === 'string' ? (entry: LogEntry) => entry.msg === wanted : wanted;
    const find = (): LogEntry | undefined => {
      const entry = this.#log.entries.find(isWanted);
      if (entry === undefined && this.#program.exit !== undefined) {
        throw new Error(`The daemon ended before it logged ${wanted}:\n${this.output}`);
      }
      return entry;
    };
    return waitUntil(find, { what: `the log entry ${wanted}`, deadlineMs });
  }

  signal(signal: NodeJS.Signals): void {
    this.#program.signal(signal);
  }

  /** Waits until it ends by itself. @returns its exit code. @throws Error when it ends by a signal. */
  async waitForExit(): Promise<number> {
    const { code, signal } = await this.#program.waitForExit();
    if (code === null) throw new Error(`The daemon ended by ${signal}:\n${this.output}`);
    return code;
  }

  /** Sends `signal` and waits for the end. @returns its exit code. @throws Error when it ends by a signal. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    this.signal(signal);
    return this.waitForExit();
  }

  /** Ends it without a word, as a crash would. */
  async kill(): Promise<void> {
    await this.#program.kill();
  }

  /** Resident memory now, in octets (Linux). */
  rssOctets(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  }

  /** Ends it if it still runs, whatever it says to that, and removes its directory. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#program.exit === undefined) await this.#program.stop();
    this.#directory.remove();
  }
}

function configFile(directory: string): string {
  return join(directory, 'imapproxy.conf');
}

function writeConfig(directory: string, directives: Directives): void {
  const ownDirectives = {
    listen_address: '127.0.0.1',
    listen_port: 0,
    foreground_mode: true,
    stat_filename: join(directory, 'pimpstats'),
  };
  const lines = Object.entries({ ...ownDirectives, ...directives }).map(
    ([name, value]) => `${name} ${printValue(value)}\n`,
  );
  writeFileSync(configFile(directory), lines.join(''));
}

function printValue(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return String(value);
}
