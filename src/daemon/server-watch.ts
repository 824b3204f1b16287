import type { Clock } from '../base/clock.ts';
import type { Log } from '../observe/logger.ts';
import type { Connector } from '../upstream/connector.ts';

export interface ServerWatchOptions {
  /** How many more attempts are `retryDelayMs` apart; classic `connect_retries`. */
  readonly retries: number;
  /** Classic `connect_delay`, in ms. */
  readonly retryDelayMs: number;
}

/** How far apart the attempts are after `connect_retries`, in ms; the classic daemon's own figure. */
const LATER_DELAY_MS = 15_000;

/**
 * Asks the server for its greeting until it has answered once, so that clients are greeted with what it
 * offers. From then on each login teaches the same.
 */
export class ServerWatch {
  readonly #connector: Connector;
  readonly #options: ServerWatchOptions;
  readonly #clock: Clock;
  readonly #log: Log;
  #attempts = 0;
  #isStopped = false;
  #cancel: (() => void) | undefined;

  constructor(connector: Connector, options: ServerWatchOptions, clock: Clock, log: Log) {
    this.#connector = connector;
    this.#options = options;
    this.#clock = clock;
    this.#log = log;
  }

  /** Makes the first attempt; when it fails, the others follow by themselves. Never rejects. */
  async start(): Promise<void> {
    const { host, port } = this.#connector.endpoint;
    this.#attempts += 1;
    try {
      const tls = await this.#connector.probe();
      this.#log.info({ server: `${host}:${port}`, tls: tls ?? 'none' }, 'server answers');
    } catch (error) {
      if (this.#isStopped) return;
      const isEarly = this.#attempts <= this.#options.retries;
      const delayMs = isEarly ? this.#options.retryDelayMs : LATER_DELAY_MS;
      const cause = error instanceof Error ? error.message : String(error);
      this.#log.warn(
        { error: cause, nextAttemptMs: delayMs },
        'server does not answer; logins are refused until it does',
      );
      this.#cancel = this.#clock.after(delayMs, () => void this.start());
    }
  }

  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }
}
