import { loadConfig } from '../../../src/config/load.ts';
import { Daemon } from '../../../src/daemon/daemon.ts';
import { createLogTo } from '../../../src/observe/logger.ts';
import type { Directives } from '../../support/daemon-process.ts';
import { JsonLines, type LogEntry } from '../../support/json-lines.ts';
import { waitUntil } from '../../support/wait-until.ts';

/**
 * The whole proxy inside the test's own process, on a loopback port that the system chooses, so that its pool can
 * be looked into. Sessions that are left when it stops are ended at once.
 */
export class InProcessProxy implements AsyncDisposable {
  readonly #daemon: Daemon;
  readonly #log: JsonLines;

  private constructor(daemon: Daemon, log: JsonLines) {
    this.#daemon = daemon;
    this.#log = log;
  }

  /** Starts in front of the server on `serverPort`, which need not be there. */
  static async start(serverPort: number, directives: Directives = {}): Promise<InProcessProxy> {
    const own = {
      listen_address: '127.0.0.1',
      listen_port: 0,
      server_hostname: '127.0.0.1',
      server_port: serverPort,
      drain_timeout: 0,
    };
    const text = Object.entries({ ...own, ...directives })
      .map(([name, value]) => `${name} ${value}\n`)
      .join('');
    const log = new JsonLines();
    const { config } = loadConfig('imapproxy.conf', text);
    return new InProcessProxy(
      await Daemon.start(config, createLogTo({ write: (line) => log.push(line) }, 'debug')),
      log,
    );
  }

  get port(): number {
    return this.#daemon.address.port;
  }

  /** Everything logged so far, from level debug up. */
  get log(): readonly LogEntry[] {
    return this.#log.entries;
  }

  /** How many clients are connected, as far as the proxy has noticed. */
  get clients(): number {
    return this.#daemon.counters.clientsNow;
  }

  snapshot(): ReturnType<Daemon['snapshot']> {
    return this.#daemon.snapshot();
  }

  /** Waits until each connection to the server is parked or closed, and nobody waits for one. */
  async settled(deadlineMs = 10_000): Promise<ReturnType<Daemon['snapshot']>> {
    const isSettled = (): ReturnType<Daemon['snapshot']> | undefined => {
      const now = this.snapshot();
      return now.connecting + now.leased + now.resetting + now.reserved + now.waiting === 0 ? now : undefined;
    };
    return waitUntil(isSettled, { what: 'a pool in which everything is parked', deadlineMs });
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
