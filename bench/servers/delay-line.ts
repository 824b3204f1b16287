import type { Socket } from 'node:net';

/**
 * One direction of a long way: what comes in at one end goes out at the other `delayMs` later, in order,
 * the end of the stream included.
 */
export class DelayLine {
  readonly #to: Socket;
  readonly #delayMs: number;
  /** What comes earlier is taken as if it had come then. */
  readonly #notBefore: number;
  readonly #pending: { readonly dueAt: number; readonly chunk: Buffer | undefined }[] = [];

  constructor(from: Socket, to: Socket, delayMs: number, notBefore: number) {
    this.#to = to;
    this.#delayMs = delayMs;
    this.#notBefore = notBefore;
    from.on('data', (chunk: Buffer) => this.#take(chunk)).on('end', () => this.#take(undefined));
    // A connection that breaks is as good as ended for whoever waits at the other side.
    from.on('error', () => this.#take(undefined));
  }

  #take(chunk: Buffer | undefined): void {
    const dueAt = Math.max(performance.now(), this.#notBefore) + this.#delayMs;
    this.#pending.push({ dueAt, chunk });
    if (this.#pending.length === 1) this.#waitForFirst();
  }

  #waitForFirst(): void {
    const first = this.#pending[0];
    if (first !== undefined) setTimeout(() => this.#deliver(), Math.max(0, first.dueAt - performance.now()));
  }

  #deliver(): void {
    const now = performance.now();
    // Timers count whole milliseconds and may be early by a part of one.
    while (this.#pending[0] !== undefined && this.#pending[0].dueAt <= now + 0.5) {
      const chunk = this.#pending.shift()?.chunk;
      if (chunk === undefined) this.#to.end();
      else this.#to.write(chunk);
    }
    this.#waitForFirst();
  }
}
