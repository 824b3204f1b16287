/** One connection to the server: dialled, then greeted and logged in, then read by one reader at a time. */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { keepRead, listenForOctets, stopListening } from '../net/read-buffer.ts';
import { encryptionOf } from '../net/tls-client.ts';
import { AnswerMemory } from '../protocol/answer-memory.ts';
import type { Capabilities } from '../protocol/capability.ts';
import { type Tag, TagSequence } from '../protocol/tag.ts';
import { CLEAN_VARIANT } from '../protocol/variants.ts';
import type { ParkedWatch } from './parked-watch.ts';

/** Whoever has the connection: login, session, reset, or the watch over a parked one. */
export interface UpstreamReader {
  onData(chunk: Buffer): void;
  /** The server has ended the connection, or it broke; called at most once. */
  onClosed(): void;
  /** The socket takes more, after a write that returned false. */
  onDrain(): void;
}

/** What this connection's own login was answered with. */
export interface LoginFacts {
  /** As whom; for people to read. */
  readonly user: string;
  /** As the server gave them, unfiltered. */
  readonly capabilities: Capabilities;
  /** What a client may see of them, as one line of words. */
  readonly capabilityLine: string;
  /** The words behind `OK`, without the CAPABILITY code, but with any other. */
  readonly text: string;
  /** Whether `text` begins with a response code of its own. */
  readonly isCodeTaken: boolean;
  /** Untagged responses besides CAPABILITY, for the client whose login it was; line endings included. */
  readonly notices: Buffer;
  /** What the server told about itself, if the client's ID was passed on (RFC 2971). */
  readonly serverId: string | undefined;
  /** Whether a later login would miss nothing: no notices, and no response code but CAPABILITY. */
  readonly isPlain: boolean;
  /** When the token ends that it was made with, in ms since the epoch; undefined where none tells. */
  readonly expiresAt: number | undefined;
}

/** How long a server may take to close after LOGOUT before the socket is destroyed, in ms. */
const LOGOUT_GRACE_MS = 2_000;

/** Ignores what comes: the connection is on its way out. */
const DEAF: UpstreamReader = { onData() {}, onClosed() {}, onDrain() {} };

let lastId = 0;

export class UpstreamConnection {
  /** Unique in this process; in the log as `upstream`. */
  readonly id: number;
  /** The pool key of the login made on it. */
  readonly key: string;
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #tags = new TagSequence();
  #reader: UpstreamReader = DEAF;
  #isClosed: boolean;
  #login: LoginFacts | undefined;
  readonly #onData = (chunk: Buffer): void => this.#reader.onData(chunk);
  readonly #onDrain = (): void => this.#reader.onDrain();
  readonly #onClosed = (): void => this.#closed();
  /** What the session before left on it; see variants.ts. */
  variant: string = CLEAN_VARIANT;
  /** What its server has answered on it. */
  readonly memory: AnswerMemory = new AnswerMemory();
  /** When it is too old to be used again, on the injected clock. */
  endsAt = Number.POSITIVE_INFINITY;
  /** How many sessions have had it. */
  uses = 0;
  /** Who looks after it while it is parked. */
  watch: ParkedWatch | undefined;

  /**
   * Takes over a connected `socket`, encrypted or not, and every event of it; nobody else may listen to it
   * afterwards.
   */
  constructor(socket: Socket, key: string, clock: Clock) {
    lastId += 1;
    this.id = lastId;
    this.key = key;
    this.#socket = socket;
    this.#clock = clock;
    // What has happened before there was anybody to be told.
    this.#isClosed = socket.destroyed;
    listenForOctets(socket, this.#onData);
    socket.on('drain', this.#onDrain);
    socket.on('end', this.#onClosed).on('error', this.#onClosed).on('close', this.#onClosed);
  }

  /** Whether the server has ended it or {@link destroy}, {@link logOut} or {@link release} was called. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** What broke it, where it did not simply end. */
  get failure(): Error | undefined {
    return this.#socket.errored ?? undefined;
  }

  /** Version and cipher, for people to read; undefined where nothing is encrypted. */
  get encryption(): string | undefined {
    return encryptionOf(this.#socket);
  }

  /** Present once the login has succeeded. */
  get login(): LoginFacts | undefined {
    return this.#login;
  }

  loggedIn(facts: LoginFacts): void {
    this.#login = facts;
  }

  /** A tag for a command of our own, not used before on this connection. */
  nextTag(): Tag {
    return this.#tags.next();
  }

  /** From now on `reader`, and nobody else, is told what happens. */
  attach(reader: UpstreamReader): void {
    this.#reader = reader;
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** Returns false when the caller should stop until `onDrain`. */
  write(octets: Buffer | string): boolean {
    const takesMore = this.#socket.write(octets, 'latin1');
    if (this.#socket.writableLength > 0) keepRead();
    return takesMore;
  }

  /** Stops reading from the server, so that TCP slows it down. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /**
   * Gives the socket away, with none of our listeners on it and nothing read from it any more. This
   * connection counts as closed from now on; its reader is not told.
   */
  release(): Socket {
    this.#isClosed = true;
    this.#reader = DEAF;
    this.#socket.pause();
    stopListening(this.#socket, this.#onData);
    this.#socket.off('drain', this.#onDrain);
    this.#socket.off('end', this.#onClosed).off('error', this.#onClosed).off('close', this.#onClosed);
    return this.#socket;
  }

  /** Ends it at once, without a word to the server; for a connection whose state is in doubt. */
  destroy(): void {
    this.#isClosed = true;
    this.#reader = DEAF;
    this.#socket.destroy();
  }

  /**
   * Ends it politely, at a command boundary only: LOGOUT, then the server closes, or we do after a short
   * while. Resolves when the socket is closed.
   */
  logOut(): Promise<void> {
    if (this.#isClosed) return Promise.resolve();
    this.#isClosed = true;
    this.#reader = DEAF;
    const { promise, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(LOGOUT_GRACE_MS, () => this.#socket.destroy());
    this.#socket.once('close', () => {
      cancel();
      resolve();
    });
    this.#socket.once('end', () => this.#socket.destroy());
    this.#socket.resume();
    const done = this.watch?.isIdling === true ? 'DONE\r\n' : '';
    this.#socket.end(`${done}${this.nextTag()} LOGOUT\r\n`, 'latin1');
    return promise;
  }

  #closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const reader = this.#reader;
    this.#reader = DEAF;
    this.#socket.destroy();
    reader.onClosed();
  }
}
