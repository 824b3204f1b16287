/**
 * Stands in for `node:net` in the proxy's own code: the stream machinery of a socket is that of Node.js, only the
 * system's handle below it is replaced by the two lanes of a simulated connection.
 *
 * @see Node.js lib/net.js and lib/internal/stream_base_commons.js, whose order of events is kept
 */
import { EventEmitter } from 'node:events';
import type { OnReadOpts, TcpNetConnectOpts } from 'node:net';
import { Duplex } from 'node:stream';
import type { LaneReader } from './lane.ts';
import { currentNetwork, type Handle } from './network.ts';

/** All else is as it is; what is declared below takes its place. */
export * from 'node:net';

/** Octets of one read of a socket that has no memory of its own, as in Node.js. */
const DEFAULT_READ_OCTETS = 64 * 1024;

type Done = (error?: Error | null) => void;

interface SocketOptions {
  readonly handle?: Handle;
  readonly allowHalfOpen?: boolean;
  readonly onread?: OnReadOpts;
}

export class Socket extends Duplex implements LaneReader {
  /** As in Node.js, where its owner may take it away; then this object is an empty shell. */
  _handle: Handle | null = null;
  connecting = false;
  readonly #onRead: OnReadOpts | undefined;
  #memory: Uint8Array | undefined;
  #cancelDial: (() => void) | undefined;

  constructor(options: SocketOptions = {}) {
    super({ allowHalfOpen: options.allowHalfOpen ?? false });
    this.#onRead = options.onread;
    this.#memory = this.#nextMemory();
    if (options.handle !== undefined) this.#open(options.handle);
  }

  get maxReadOctets(): number {
    return this.#memory?.length ?? DEFAULT_READ_OCTETS;
  }

  get remoteAddress(): string | undefined {
    return this.destroyed ? undefined : this._handle?.remoteAddress;
  }

  get remotePort(): number | undefined {
    return this.destroyed ? undefined : this._handle?.remotePort;
  }

  get localPort(): number | undefined {
    return this._handle === null ? undefined : 143;
  }

  /** Used by {@link connect}. */
  dial(): void {
    this.connecting = true;
    const { handle, cancel } = currentNetwork().dial((outcome) => {
      this.connecting = false;
      if (outcome === 'accepted') this.#open(handle);
      if (outcome === 'accepted') this.emit('connect');
      else this.destroy(failure('ECONNREFUSED'));
    });
    this.#cancelDial = cancel;
  }

  override pause(): this {
    if (this.#memory !== undefined) this._handle?.incoming.setReading(false);
    return super.pause();
  }

  override resume(): this {
    if (this.#memory !== undefined) this._handle?.incoming.setReading(true);
    return super.resume();
  }

  onOctets(octets: Buffer): void {
    if (this.#onRead === undefined || this.#memory === undefined) {
      if (!this.push(Buffer.from(octets))) this._handle?.incoming.setReading(false);
      return;
    }
    this.#memory.set(octets);
    if (!this.#onRead.callback(octets.length, this.#memory)) this._handle?.incoming.setReading(false);
    this.#memory = this.#nextMemory();
  }

  onEnd(): void {
    this.push(null);
    this.read(0);
  }

  onReset(): void {
    this.destroy(failure('ECONNRESET'));
  }

  override _read(): void {
    this._handle?.incoming.setReading(true);
  }

  override _write(octets: Buffer, _encoding: string, done: Done): void {
    this.#write([octets], done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: Done): void {
    this.#write(
      chunks.map(({ chunk }) => chunk),
      done,
    );
  }

  override _final(done: (error?: Error | null) => void): void {
    this._handle?.outgoing.end();
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#cancelDial?.();
    const handle = this._handle;
    if (handle !== null) {
      handle.outgoing.whenRoom = undefined;
      // The system answers for a socket that is closed with octets unread by RST, else by FIN behind what was written.
      if (handle.incoming.undelivered > 0 || error !== null) handle.outgoing.reset();
      else handle.outgoing.end();
      handle.incoming.close();
    }
    done(error);
  }

  /** The kernel copies what it has room for; until the rest is copied its memory must stay as it is. */
  #write(chunks: readonly Buffer[], done: Done, code = 'EPIPE'): void {
    const outgoing = this._handle?.outgoing;
    if (outgoing === undefined || outgoing.isClosed) {
      done(failure(code));
      return;
    }
    const rest: Buffer[] = [];
    for (const chunk of chunks) {
      const { room } = outgoing;
      if (room > 0) outgoing.send(Buffer.from(chunk.subarray(0, room)));
      if (room < chunk.length) rest.push(chunk.subarray(room));
    }
    if (rest.length === 0) done();
    else outgoing.whenRoom = () => this.#write(rest, done, 'ECONNRESET');
  }

  #open(handle: Handle): void {
    this._handle = handle;
    handle.incoming.readBy(this);
  }

  #nextMemory(): Uint8Array | undefined {
    const buffer = this.#onRead?.buffer;
    return typeof buffer === 'function' ? buffer() : buffer;
  }
}

/** As `net.connect` for an address and a port. */
export function connect(options: TcpNetConnectOpts): Socket {
  const { allowHalfOpen = false, onread } = options;
  const socket = new Socket({ allowHalfOpen, ...(onread === undefined ? {} : { onread }) });
  socket.dial();
  return socket;
}

/** As `net.createServer` with `pauseOnConnect`; it listens in the current network. */
export function createServer(_settings: object, onConnection: (socket: Socket) => void): Server {
  return new Server(onConnection);
}

class Server extends EventEmitter {
  readonly #onConnection: (socket: Socket) => void;

  constructor(onConnection: (socket: Socket) => void) {
    super();
    this.#onConnection = onConnection;
  }

  listen(): void {
    currentNetwork().onClient = (handle) => {
      const socket = new Socket({ allowHalfOpen: true });
      socket._handle = handle;
      this.#onConnection(socket);
    };
    process.nextTick(() => this.emit('listening'));
  }

  address(): { readonly address: string; readonly port: number } {
    return { address: '192.0.2.2', port: 143 };
  }

  close(): void {
    currentNetwork().onClient = undefined;
  }
}

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}
