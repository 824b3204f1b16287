import { setTimeout as delay, setImmediate } from 'node:timers/promises';
import { loadConfig } from '../../../src/config/load.ts';
import { Daemon } from '../../../src/daemon/daemon.ts';
import { createLogTo } from '../../../src/observe/logger.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { JsonLines } from '../../support/json-lines.ts';

/** How long everything that needs no timer may take, in ms; after that, time is made to fly. */
const PATIENCE_MS = 50;
/** How much of it flies by at each look, in ms. */
const STEP_MS = 500;
const DEADLINE_MS = 10_000;

/** The daemon in this process, on a clock that stands still unless something is waited for that only time can bring. */
export class ProxyUnderTest {
  readonly #daemon: Daemon;
  readonly #clock: FakeClock;
  readonly #log: JsonLines;
  #toldErrors = 0;

  private constructor(daemon: Daemon, clock: FakeClock, log: JsonLines) {
    this.#daemon = daemon;
    this.#clock = clock;
    this.#log = log;
  }

  static async start(serverPort: number): Promise<ProxyUnderTest> {
    const directives = ['server_hostname 127.0.0.1', 'listen_address 127.0.0.1', 'listen_port 0'];
    const text = [...directives, `server_port ${serverPort}`, ''].join('\n');
    const clock = new FakeClock();
    const log = new JsonLines();
    const { config } = loadConfig('imapproxy.conf', text);
    const daemon = await Daemon.start(
      config,
      createLogTo({ write: (line) => log.push(line) }, 'error'),
      clock,
    );
    return new ProxyUnderTest(daemon, clock, log);
  }

  get port(): number {
    return this.#daemon.address.port;
  }

  get parked(): number {
    return this.#daemon.snapshot().parked;
  }

  /** Waits until no client is there and every server connection is parked or closed. False when that does not come. */
  settled(): Promise<boolean> {
    return this.#reaches(() => this.#isSettled);
  }

  /** Waits until no connection is parked any more, after the server has closed them all. */
  emptied(): Promise<boolean> {
    return this.#reaches(() => this.#isSettled && this.parked === 0);
  }

  /** What the daemon has logged as an error since it was asked last. */
  newErrors(): readonly string[] {
    const errors = this.#log.entries.slice(this.#toldErrors);
    this.#toldErrors = this.#log.entries.length;
    return errors.map((entry) => JSON.stringify(entry));
  }

  /** Resolves with whether it came to its end in time. */
  async stop(): Promise<boolean> {
    let isStopped = false;
    const stopped = this.#daemon.stop().then(() => {
      isStopped = true;
    });
    if (!(await this.#reaches(() => isStopped))) return false;
    await stopped;
    return true;
  }

  get #isSettled(): boolean {
    const { connecting, leased, resetting, reserved, waiting } = this.#daemon.snapshot();
    const isPoolAtRest = connecting + leased + resetting + reserved + waiting === 0;
    return isPoolAtRest && this.#daemon.counters.clientsNow === 0;
  }

  async #reaches(condition: () => boolean): Promise<boolean> {
    const startedAt = performance.now();
    while (!condition()) {
      const waitedMs = performance.now() - startedAt;
      if (waitedMs > DEADLINE_MS) return false;
      if (waitedMs < PATIENCE_MS) {
        await setImmediate();
      } else {
        this.#clock.advance(STEP_MS);
        await delay(1);
      }
    }
    return true;
  }
}
