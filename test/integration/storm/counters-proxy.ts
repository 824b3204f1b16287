import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeStatistics } from '../../../src/admin/stat-file.ts';
import type { Config } from '../../../src/config/directives.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { Daemon } from '../../../src/daemon/daemon.ts';
import { keepStatistics } from '../../../src/daemon/statistics-writer.ts';
import { createLogTo, type Log } from '../../../src/observe/logger.ts';
import { JsonLines, type LogEntry } from '../../support/json-lines.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { CounterWatch, type Counts, countsOf } from './counters-watch.ts';

/**
 * The proxy in the test's own process, with a stat file. Its counters are looked at with every line that it logs,
 * from level debug up: that is at least once for each client, each login and each connection to the server.
 */
export class CountedProxy implements AsyncDisposable {
  readonly watch: CounterWatch = new CounterWatch();
  readonly #directory = new TempDirectory('counters');
  readonly #log = new JsonLines();
  readonly #config: Config;
  readonly #daemon: Daemon;
  readonly #statistics: { stop(): void };

  private constructor(serverPort: number) {
    const text = this.#configuration(serverPort);
    writeFileSync(this.configFile, text);
    this.#config = loadConfig(this.configFile, text).config;
    const log = this.#createLog();
    this.#daemon = new Daemon(this.#config, log);
    this.#statistics = keepStatistics(this.#config.statFilename, this.#daemon.counters, log);
  }

  /** Starts in front of the server on `serverPort`. */
  static async start(serverPort: number): Promise<CountedProxy> {
    const proxy = new CountedProxy(serverPort);
    await proxy.#daemon.serve();
    return proxy;
  }

  get port(): number {
    return this.#daemon.address.port;
  }

  /** For `pimpstat`: says where the stat file is. */
  get configFile(): string {
    return join(this.#directory.path, 'imapproxy.conf');
  }

  get counts(): Counts {
    return countsOf(this.#daemon.counters);
  }

  /** The log so far, or only the entries with this `msg`. */
  log(msg?: string): readonly LogEntry[] {
    return this.#log.entries.filter((entry) => msg === undefined || entry.msg === msg);
  }

  /** Waits until all of `clients` have come and gone, and nothing is under way to the server or back. */
  async waitForQuiet(clients: number): Promise<void> {
    const isQuiet = (): boolean => {
      const { connecting, leased, resetting, reserved, waiting } = this.#daemon.snapshot();
      const { clientsAccepted, clientsNow } = this.counts;
      const isUnderWay = connecting + leased + resetting + reserved + waiting > 0;
      return clientsAccepted >= clients && clientsNow === 0 && !isUnderWay;
    };
    await waitUntil(isQuiet, { what: `the end of ${clients} sessions`, deadlineMs: 30_000 });
  }

  /** Waits until the stat file says what the counters say. */
  async waitForStatFile(): Promise<void> {
    const isFresh = (): boolean =>
      readFileSync(this.#config.statFilename).equals(encodeStatistics(this.#daemon.counters.read()));
    await waitUntil(isFresh, { what: 'the counters in the stat file' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#daemon.stop();
    this.#statistics.stop();
    this.#directory.remove();
  }

  #configuration(serverPort: number): string {
    return `\
listen_address 127.0.0.1
listen_port 0
server_hostname 127.0.0.1
server_port ${serverPort}
drain_timeout 0
stat_filename ${join(this.#directory.path, 'pimpstats')}
`;
  }

  #createLog(): Log {
    const write = (line: string): void => {
      this.#log.push(line);
      this.watch.look(this.counts);
    };
    return createLogTo({ write }, 'debug');
  }
}
