/** A client's socket, and the octets of it that nobody has taken yet. */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { keepRead, listenForOctets, stopListening } from '../net/read-buffer.ts';

/** Whoever understands the client's octets. */
export interface InputTaker {
  /** Takes octets from the beginning of `octets` and returns how many; 0 when it takes none for now. */
  take(octets: Buffer): number;
  /** The client sends nothing more; called after the last octet was taken, and again after each advance. */
  inputEnded(): void;
  /** The client takes more, after a write that returned false. */
  drained(): void;
  /** The socket is gone; called once, last. */
  closed(): void;
  /** One of the calls above has thrown: a bug, after which nothing is known of the session's state. */
  failed(error: unknown): void;
  /** Whether octets wait because it takes none for now; else it needs more of them to go on. */
  readonly isBlocked: boolean;
  /** Whether nothing may be taken or read, because what has been written is not yet on its way. */
  readonly isFull: boolean;
}

/** How long a client may take to close its side after it was sent everything, in ms. */
const CLOSE_GRACE_MS = 2_000;

/** How long a client may take nothing of what it is still to be sent after the end, in ms. */
const UNSENT_GRACE_MS = 60_000;

const NOTHING: Buffer = Buffer.alloc(0);

/**
 * Feeds a taker, at most one read ahead of it: while octets wait, the socket is not read, so a client can
 * make the proxy hold no more than a read or two.
 */
export class ClientConnection {
  readonly #socket: Socket;
  readonly #taker: InputTaker;
  readonly #clock: Clock;
  #pending: Buffer = NOTHING;
  #hasInputEnded = false;
  #isAdvancing = false;
  #mustAdvance = false;
  #activeAt: number;
  /** Since when nothing has moved after {@link end}; undefined before. */
  #endedAt: number | undefined;
  #unsent = 0;
  #isHurried = false;

  /** Takes over `socket` and every event of it. */
  constructor(socket: Socket, taker: InputTaker, clock: Clock) {
    this.#socket = socket;
    this.#taker = taker;
    this.#clock = clock;
    this.#activeAt = clock.now();
    listenForOctets(socket, this.#onData);
    socket.on('drain', this.#onDrain).on('end', this.#onEnd).on('close', this.#onClose);
    // What follows an error is 'close', which says all there is to act upon.
    socket.on('error', ignore);
    if (socket.isPaused()) socket.resume();
  }

  /**
   * Gives the socket away once all is sent that was written, with none of our listeners on it. What the client has
   * sent and nobody has taken is dropped; the taker is told nothing more.
   */
  async release(): Promise<Socket> {
    const socket = this.#socket;
    // Nothing is read any more; what was read is no longer of interest.
    socket.pause();
    this.#endedAt = Number.POSITIVE_INFINITY;
    this.#pending = NOTHING;
    await new Promise((resolve) => socket.write('', resolve));
    stopListening(socket, this.#onData);
    socket
      .off('drain', this.#onDrain)
      .off('end', this.#onEnd)
      .off('close', this.#onClose)
      .off('error', ignore);
    return socket;
  }

  /** When the last octet came or went, on the injected clock. */
  get activeAt(): number {
    return this.#activeAt;
  }

  /** Whether the client has not read enough of what was written to it. */
  get needsDrain(): boolean {
    return this.#socket.writableNeedDrain;
  }

  /** Returns false when the caller should stop until {@link InputTaker.drained}. After the end nothing is written. */
  write(octets: Buffer | string): boolean {
    if (this.#endedAt !== undefined || this.#socket.destroyed) return true;
    this.#activeAt = this.#clock.now();
    const takesMore = this.#socket.write(octets, 'latin1');
    if (this.#socket.writableLength > 0) keepRead();
    return takesMore;
  }

  /** Lets the taker go on where it stopped. What it writes on the way goes out in one write. */
  advance(): void {
    if (this.#isAdvancing) {
      this.#mustAdvance = true;
      return;
    }
    this.#isAdvancing = true;
    this.#socket.cork();
    try {
      do {
        this.#mustAdvance = false;
        this.#feed();
        if (this.#hasInputEnded && this.#endedAt === undefined) this.#taker.inputEnded();
      } while (this.#mustAdvance);
    } catch (error) {
      this.#taker.failed(error);
    }
    this.#socket.uncork();
    this.#isAdvancing = false;
    this.#regulate();
  }

  /** Ends our side once everything is written; what the client still says is not read by anybody. */
  end(): void {
    if (this.#endedAt !== undefined) return;
    this.#endedAt = this.#clock.now();
    this.#pending = NOTHING;
    this.#socket.end();
    this.#socket.resume();
  }

  /** After the end, waits no longer than {@link CLOSE_GRACE_MS} for a client that does not read. */
  hurry(): void {
    this.#isHurried = true;
  }

  /** Destroys the socket of a client that neither reads nor closes long after {@link end}. */
  sweep(nowMs: number): void {
    if (this.#endedAt === undefined) return;
    const unsent = this.#socket.writableLength;
    if (unsent !== this.#unsent) this.#endedAt = nowMs;
    this.#unsent = unsent;
    const graceMs = unsent === 0 || this.#isHurried ? CLOSE_GRACE_MS : UNSENT_GRACE_MS;
    if (nowMs - this.#endedAt > graceMs) this.#socket.destroy();
  }

  #feed(): void {
    while (this.#pending.length > 0 && !this.#taker.isFull) {
      const taken = this.#taker.take(this.#pending);
      if (taken === 0) return;
      this.#pending = taken >= this.#pending.length ? NOTHING : this.#pending.subarray(taken);
    }
  }

  #regulate(): void {
    const isBlocked = this.#pending.length > 0 && this.#taker.isBlocked;
    if (this.#endedAt === undefined && (isBlocked || this.#taker.isFull)) this.#socket.pause();
    else if (this.#socket.isPaused()) this.#socket.resume();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#endedAt !== undefined) return;
    this.#activeAt = this.#clock.now();
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    this.advance();
    if (this.#pending.length > 0) keepRead();
  };

  readonly #onDrain = (): void => {
    this.#activeAt = this.#clock.now();
    this.#taker.drained();
    this.advance();
  };

  readonly #onEnd = (): void => {
    this.#hasInputEnded = true;
    this.advance();
  };

  readonly #onClose = (): void => {
    // After a reset there is no 'end', but the input has ended all the same.
    this.#hasInputEnded = true;
    this.#taker.closed();
  };
}

function ignore(): void {}
