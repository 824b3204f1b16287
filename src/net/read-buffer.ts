/**
 * Memory that a socket reads into again and again. Left to itself, Node.js takes 64 KiB for every read, and a
 * message of 200 MB leaves garbage by the ten MB before any of it is collected.
 *
 * @see Node.js net, `onread` of `new net.Socket()`
 */
import { type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';

const KiB = 1024;

/** Enough for commands and short answers. */
const SHARED_OCTETS = 16 * KiB;

/** What all connections read into that are not busy: what they read is copied out of it at once. */
const SHARED: Buffer = Buffer.allocUnsafeSlow(SHARED_OCTETS);

/** A busy connection that reads no more than this at a time is busy no more. */
const IDLE_OCTETS = 4 * KiB;

/** What a connection reads into while it is busy. */
const BULK_OCTETS = 64 * KiB;

/** How many bulk buffers that no connection needs are kept for the next. */
const MAX_SPARE = 16;

const spare: Buffer[] = [];

/** Set while octets of the present read are still needed when it is over. */
let isKept = false;

const buffers = new WeakMap<Socket, ReadBuffer>();

/**
 * To be called by whoever keeps octets beyond the call in which they were read: because a socket has not
 * taken all of them, or nobody has yet. Their memory is not read into again then.
 */
export function keepRead(): void {
  isKept = true;
}

/** Sends what `socket` reads to `listener`, as views that are valid during the call, unless {@link keepRead} is called. */
export function listenForOctets(socket: Socket, listener: (octets: Buffer) => void): void {
  const buffer = buffers.get(socket);
  if (buffer === undefined) socket.on('data', listener);
  else buffer.listener = listener;
}

/** Undoes {@link listenForOctets}. */
export function stopListening(socket: Socket, listener: (octets: Buffer) => void): void {
  const buffer = buffers.get(socket);
  if (buffer === undefined) socket.off('data', listener);
  else buffer.listener = undefined;
}

/** The memory of one socket; made before the socket is, and then given it by {@link belongTo}. */
export class ReadBuffer {
  listener: ((octets: Buffer) => void) | undefined;
  #memory: Buffer = SHARED;
  #lastRead = 0;

  /** For the options of a new socket. */
  readonly onread: OnReadOpts = {
    buffer: () => this.#next(),
    callback: (octets) => {
      this.#lastRead = octets;
      const read = this.#memory.subarray(0, octets);
      this.listener?.(this.#memory === SHARED ? Buffer.from(read) : read);
      return true;
    },
  };

  belongTo(socket: Socket): void {
    buffers.set(socket, this);
  }

  /** Asked before the first read and after each. */
  #next(): Uint8Array {
    if (this.#memory === SHARED) {
      isKept = false;
      if (this.#lastRead === SHARED_OCTETS) this.#memory = spare.pop() ?? Buffer.allocUnsafeSlow(BULK_OCTETS);
      return this.#memory;
    }
    const isBusy = this.#lastRead >= IDLE_OCTETS;
    if (isBusy && !isKept) return this.#memory;
    if (!isKept && spare.length < MAX_SPARE) spare.push(this.#memory);
    isKept = false;
    this.#memory = isBusy ? (spare.pop() ?? Buffer.allocUnsafeSlow(BULK_OCTETS)) : SHARED;
    return this.#memory;
  }
}

/**
 * The same connection as `accepted`, paused, by a socket that reads into a {@link ReadBuffer}. A server makes its sockets
 * itself and takes no `onread` for them, so the handle moves to a new one; where Node.js should keep its
 * handles elsewhere one day, `accepted` itself serves, only with more garbage.
 */
export function withReadBuffer(accepted: Socket): Socket {
  const owner: { _handle?: unknown } = accepted as { _handle?: unknown };
  const handle = owner._handle;
  if (typeof handle !== 'object' || handle === null) {
    accepted.resume();
    return accepted;
  }
  owner._handle = null;
  const buffer = new ReadBuffer();
  const options: unknown = { handle, allowHalfOpen: true, onread: buffer.onread };
  const socket = new Socket(options as SocketConstructorOpts);
  buffer.belongTo(socket);
  return socket;
}
