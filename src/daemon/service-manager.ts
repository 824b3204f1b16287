/** Tells systemd how the daemon is doing. @see sd_notify(3) */
import { writeSync } from 'node:fs';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../observe/logger.ts';
import { reasonOf } from './start-error.ts';

/** Connects a datagram socket to a Unix address; `Libc.connectDatagram`. */
export type ConnectDatagram = (address: string) => number;

export type Environment = Readonly<Record<string, string | undefined>>;

/** Without a service manager that listens, every method does nothing. */
export class ServiceManager {
  readonly #descriptor: number | undefined;
  readonly #watchdogMs: number | undefined;
  readonly #log: Log;

  /**
   * Connects to the socket that `environment` names, if any. To be made before a change of root directory.
   *
   * @param connect undefined when the C library cannot be called: Node.js has no datagram sockets of this kind.
   */
  constructor(environment: Environment, connect: ConnectDatagram | undefined, log: Log) {
    this.#log = log;
    const { NOTIFY_SOCKET: address, WATCHDOG_USEC: interval, WATCHDOG_PID: watched } = environment;
    if (address === undefined) return;
    try {
      if (!/^[/@]/.test(address)) throw new Error(`no Unix socket: ${address}`);
      if (connect === undefined) throw new Error('it needs the npm package koffi, which cannot be loaded');
      this.#descriptor = connect(address);
    } catch (error) {
      log.warn({ error: reasonOf(error) }, 'cannot notify the service manager');
      return;
    }
    const isWatched = watched === undefined || watched === String(process.pid);
    if (isWatched && Number(interval) > 0) this.#watchdogMs = Number(interval) / 1000;
  }

  /** The daemon serves: after the start, and after it has read its configuration again. */
  ready(status: string): void {
    this.#send('READY=1', statusLine(status));
  }

  /** The daemon reads its configuration again; `ready` follows in any case. */
  reloading(): void {
    // The clock that process.hrtime reads is the one that systemd compares with, CLOCK_MONOTONIC.
    this.#send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`);
  }

  stopping(status: string): void {
    this.#send('STOPPING=1', statusLine(status));
  }

  /** One line for `systemctl status`. */
  status(status: string): void {
    this.#send(statusLine(status));
  }

  /**
   * Says "alive" twice in each interval of WATCHDOG_USEC, as long as the event loop turns.
   *
   * @returns what ends that.
   */
  startWatchdog(clock: Clock): () => void {
    const intervalMs = this.#watchdogMs;
    if (intervalMs === undefined) return () => undefined;
    let cancel: () => void;
    const beat = (): void => {
      this.#send('WATCHDOG=1');
      cancel = clock.after(intervalMs / 2, beat);
    };
    beat();
    return () => cancel();
  }

  #send(...lines: readonly string[]): void {
    if (this.#descriptor === undefined) return;
    try {
      writeSync(this.#descriptor, lines.join('\n'));
    } catch (error) {
      this.#log.warn({ error: reasonOf(error) }, 'the service manager does not listen');
    }
  }
}

function statusLine(status: string): string {
  return `STATUS=${status.replaceAll('\n', ' ')}`;
}
