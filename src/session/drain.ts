/** What a session may still take when its client is gone, or sends nothing more. */
import type { Clock } from '../base/clock.ts';

/** How long commands that are still running may go on, in ms. */
export const DRAIN_LIMIT_MS = 15_000;

/** How much the server may still send to a client that is gone before a new login is cheaper, in octets. */
export const DRAIN_LIMIT_OCTETS: number = 256 * 1024;

export class Drain {
  readonly #clock: Clock;
  readonly #onLimit: () => void;
  #octets = 0;
  /** When the server was last heard. */
  #heardMs = 0;
  #isForNobody = false;
  #cancel: (() => void) | undefined;

  /** `onLimit` is told once either limit is reached. */
  constructor(clock: Clock, onLimit: () => void) {
    this.#clock = clock;
    this.#onLimit = onLimit;
  }

  /**
   * The client sends nothing more. One that has only closed its side may still be reading; it has the limit for each
   * pause of the server.
   */
  begin(): void {
    if (this.#cancel === undefined) this.#wait();
  }

  /** Nobody is there any more to be written to. */
  clientGone(): void {
    this.#isForNobody = true;
  }

  /** The server has said something. */
  heard(): void {
    if (this.#cancel !== undefined) this.#heardMs = this.#clock.now();
  }

  /** So many octets were for nobody. */
  dropped(octets: number): void {
    this.#octets += octets;
    if (this.#octets > DRAIN_LIMIT_OCTETS) this.#onLimit();
  }

  stop(): void {
    this.#cancel?.();
  }

  #wait(): void {
    this.#heardMs = this.#clock.now();
    this.#cancel = this.#clock.after(DRAIN_LIMIT_MS, () => {
      const isProgressing = !this.#isForNobody && this.#clock.now() - this.#heardMs < DRAIN_LIMIT_MS;
      if (isProgressing) this.#wait();
      else this.#onLimit();
    });
  }
}
