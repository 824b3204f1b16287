import type { DaemonProcess } from '../../support/daemon-process.ts';

const SAMPLE_MS = 20;

/** Looks at the resident memory of a daemon from its construction until `stop`, many times a second. */
export class MemoryWatch implements Disposable {
  readonly #daemon: DaemonProcess;
  readonly #before: number;
  readonly #timer: NodeJS.Timeout;
  #peak: number;

  constructor(daemon: DaemonProcess) {
    this.#daemon = daemon;
    this.#before = daemon.rssOctets();
    this.#peak = this.#before;
    this.#timer = setInterval(() => this.#sample(), SAMPLE_MS);
  }

  /** By how much the process has been larger than at the start, at most, in octets. */
  get growth(): number {
    this.#sample();
    return this.#peak - this.#before;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #sample(): void {
    this.#peak = Math.max(this.#peak, this.#daemon.rssOctets());
  }
}
