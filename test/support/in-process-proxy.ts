import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { onTestFinished, vi } from 'vitest';
import type { Config } from '../../src/config/directives.ts';
import { loadConfig } from '../../src/config/load.ts';
import { Daemon } from '../../src/daemon/daemon.ts';
import type { DoorName } from '../../src/daemon/doors.ts';
import { createLogTo } from '../../src/observe/logger.ts';
import type { PoolSnapshot } from '../../src/pool/pool-snapshot.ts';
import type { Directives } from './daemon-process.ts';
import { FakeClock } from './fake-clock.ts';
import { JsonLines, type LogEntry } from './json-lines.ts';
import { waitUntil } from './wait-until.ts';

export interface InProcessProxyOptions {
  /** Over those that lead the proxy to the server and the test to the proxy. */
  readonly directives?: Directives | undefined;
  /** For tests that turn the hands while the daemon still starts. */
  readonly clock?: FakeClock | undefined;
}

/** Where Node.js publishes each connection that a server of this process accepts. */
const ACCEPTED = 'imapproxyd.client.socket';

/** How far the hands are turned at once to bring about the end of what waits. */
const STEP_MS = 5_000;

/** No less than the daemon's own interval between two looks at its idle limits. */
const SWEEP_MS = 1_000;

/**
 * The daemon in the process of the test, on a clock that stands still until the test turns it. For use inside
 * a test, one at a time: it stops itself when the test ends, and fails the test when it logged an error or left
 * a session, a connection or a timer behind.
 */
export class InProcessProxy {
  readonly clock: FakeClock;
  readonly #log: JsonLines;
  readonly #daemon: Daemon;
  readonly #clients: Socket[] = [];
  readonly #directives: Directives;
  #stopped: Promise<void> | undefined;

  private constructor(daemon: Daemon, directives: Directives, log: JsonLines, clock: FakeClock) {
    this.#daemon = daemon;
    this.#directives = directives;
    this.#log = log;
    this.clock = clock;
    const onAccepted = (message: unknown): void => {
      const { socket } = message as { readonly socket: Socket };
      if (socket.localPort === this.port) this.#clients.push(socket);
    };
    subscribe(ACCEPTED, onAccepted);
    onTestFinished(() => void unsubscribe(ACCEPTED, onAccepted));
  }

  /** Starts a proxy for the server on 127.0.0.1 at `serverPort`; it listens there too. */
  static async start(
    serverPort: number,
    { directives, clock = new FakeClock() }: InProcessProxyOptions = {},
  ): Promise<InProcessProxy> {
    const all = {
      server_hostname: '127.0.0.1',
      server_port: serverPort,
      listen_address: '127.0.0.1',
      listen_port: 0,
      ...directives,
    };
    const config = configOf(all);
    const lines = new JsonLines();
    const log = createLogTo({ write: (line: string) => lines.push(line) }, 'debug');
    // The one timer of the daemon that does not hang on the clock.
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const proxy = new InProcessProxy(await Daemon.start(config, log, clock), all, lines, clock);
    onTestFinished(() => proxy.#close());
    return proxy;
  }

  get port(): number {
    return this.#daemon.address.port;
  }

  /** Where clients come in who begin with TLS. */
  get tlsPort(): number {
    return this.#door('tls').port;
  }

  get unixPath(): string {
    return this.#door('unix').address;
  }

  /** How many clients have a session. */
  get clients(): number {
    return this.#daemon.counters.clientsNow;
  }

  get pool(): PoolSnapshot {
    return this.#daemon.snapshot();
  }

  /** How many octets the proxy holds for clients that do not take them. */
  get unsentOctets(): number {
    return this.#clients.reduce((sum, socket) => sum + socket.writableLength, 0);
  }

  /** Waits until the proxy holds something that a client does not take. */
  async waitForUnsent(): Promise<void> {
    await waitUntil(() => this.unsentOctets > 0, { what: 'octets that no client takes' });
  }

  /** How many octets of its clients the proxy has read. */
  get readOctets(): number {
    return this.#clients.reduce((sum, socket) => sum + socket.bytesRead, 0);
  }

  /** The log so far, from `debug` on, or only the entries with this `msg`. */
  log(msg?: string): readonly LogEntry[] {
    return this.#log.entries.filter((entry) => msg === undefined || entry.msg === msg);
  }

  /** Waits until the pool holds these numbers. */
  async waitForPool(wanted: Partial<PoolSnapshot>): Promise<void> {
    try {
      const holds = (): boolean => isDeepStrictEqual({ ...this.pool, ...wanted }, this.pool);
      await waitUntil(holds, { what: `a pool with ${JSON.stringify(wanted)}` });
    } catch (error) {
      throw new Error(`No such pool, but ${JSON.stringify(this.pool)}`, { cause: error });
    }
  }

  /** Lets `ms` go by; the daemon looks at its idle limits at the end of it. */
  advance(ms: number): void {
    this.clock.advance(ms);
    vi.advanceTimersByTime(SWEEP_MS);
  }

  /** Waits until the proxy waits for something for a limited time, and lets `ms` of it go by. */
  async advanceOnceWaiting(ms: number): Promise<void> {
    await waitUntil(() => this.clock.pending > 0, { what: 'a timer of the proxy' });
    this.advance(ms);
  }

  /** Reads the configuration again, as SIGHUP does, with `changes`, and without what is undefined there. */
  async reload(changes: Readonly<Record<string, Directives[string] | undefined>> = {}): Promise<void> {
    await this.#daemon.reload(configOf({ ...this.#directives, ...changes }));
  }

  /** Tells the daemon to stop; resolves when it has. */
  stop(): Promise<void> {
    this.#stopped ??= this.#daemon.stop();
    return this.#stopped;
  }

  #door(name: DoorName): { readonly address: string; readonly port: number } {
    const door = this.#daemon.find(name);
    if (door === undefined) throw new Error(`The proxy has no door "${name}"`);
    return door;
  }

  async #close(): Promise<void> {
    let isStopped = false;
    const stopped = this.stop().then(() => {
      isStopped = true;
    });
    const isOver = (): boolean => {
      if (isStopped && this.clock.pending === 0) return true;
      this.advance(STEP_MS);
      return false;
    };
    await waitUntil(isOver, { what: 'the end of the proxy and its last timer' });
    await stopped;
    const { leased, resetting, parked, connecting, reserved, waiting } = this.pool;
    const left = { leased, resetting, parked, connecting, reserved, waiting };
    if (Object.values(left).some((count) => count > 0) || this.clients !== 0) {
      throw new Error(`The proxy stopped and left ${JSON.stringify(left)} behind`);
    }
    const [error] = this.#log.entries.filter(({ level }) => level === 'error');
    if (error !== undefined) throw new Error(`The proxy logged an error: ${JSON.stringify(error)}`);
  }
}

function configOf(directives: Readonly<Record<string, Directives[string] | undefined>>): Config {
  const text = Object.entries(directives).map(([name, value]) =>
    value === undefined ? '' : `${name} ${spell(value)}\n`,
  );
  return loadConfig('test.conf', text.join('')).config;
}

function spell(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value);
}
