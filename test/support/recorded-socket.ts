import type { Socket } from 'node:net';

/** What one read of the socket gave; a peer that wrote once and briefly shows as one chunk. */
export interface Chunk {
  readonly octets: Buffer;
  /** When it arrived, on the clock of `performance.now`. */
  readonly atMs: number;
}

/** How a connection ended: by the peer's FIN, or by an error such as RST. */
export type Ending = { readonly kind: 'end' } | { readonly kind: 'error'; readonly error: Error };

export interface RecordedSocketOptions {
  /** How the transcript calls this end and the other, for example `C` and `S`. */
  readonly own: string;
  readonly peer: string;
  /** How long a single wait may take. Default 5000. */
  readonly deadlineMs?: number;
}

const DEFAULT_DEADLINE_MS = 5_000;
const LF = 0x0a;
/** What a transcript shows at most, of one write or read and of the whole conversation. */
const NOTE_OCTETS = 512;
const TRANSCRIPT_LINES = 100;

/**
 * One end of a TCP connection for tests: everything received is kept with its chunk boundaries, and can be
 * taken line by line or by count. Text is latin1 throughout, one character per octet. Every wait has a deadline,
 * and every failure shows the conversation so far.
 */
export class RecordedSocket {
  readonly socket: Socket;
  readonly #own: string;
  readonly #peer: string;
  readonly #deadlineMs: number;
  readonly #chunks: Chunk[] = [];
  readonly #transcript: string[] = [];
  readonly #ended = Promise.withResolvers<Ending>();
  /** Received and not yet taken, in order. */
  #unread: Buffer[] = [];
  #ending: Ending | undefined;
  #wake: (() => void) | undefined;
  #isRecording = true;

  constructor(socket: Socket, { own, peer, deadlineMs = DEFAULT_DEADLINE_MS }: RecordedSocketOptions) {
    this.socket = socket;
    this.#own = own;
    this.#peer = peer;
    this.#deadlineMs = deadlineMs;
    socket.setNoDelay();
    socket.on('data', (octets: Buffer) => this.#receive(octets));
    socket.on('end', () => this.#finish({ kind: 'end' }));
    socket.on('error', (error) => this.#finish({ kind: 'error', error }));
    socket.on('close', () => this.#finish({ kind: 'end' }));
  }

  /** All chunks so far, taken or not; none after `stopRecording`. */
  get chunks(): readonly Chunk[] {
    return this.#chunks;
  }

  /** How the connection ended, or `undefined` while the peer may still send. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** Resolves when the peer ends the connection, without a deadline. */
  get ended(): Promise<Ending> {
    return this.#ended.promise;
  }

  /** Keeps no further chunks: for streams too large to hold. */
  stopRecording(): void {
    this.#isRecording = false;
  }

  /** The socket for somebody else to read on; of what comes from now on only the end is recorded. */
  release(): Socket {
    this.socket.removeAllListeners('data');
    return this.socket;
  }

  /** Writes in one piece and waits until the kernel has taken it all. Strings are latin1. */
  async send(octets: string | Buffer): Promise<void> {
    const data = typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets;
    this.#note(this.#own, data);
    await new Promise<void>((resolve, reject) => {
      this.socket.write(data, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** Takes one line, without its CRLF or LF. `what` names it should it not come. */
  async takeLine(what = 'a line'): Promise<string> {
    const length = await this.#waitFor(what, () => this.#lineLength());
    return this.#take(length)
      .toString('latin1')
      .replace(/\r?\n$/, '');
  }

  /** Like `takeLine`, but without a deadline, and `undefined` when the peer ends the connection instead. */
  async takeLineOrEnd(): Promise<string | undefined> {
    const next = (): 'line' | 'end' | undefined => {
      if (this.#lineLength() !== undefined) return 'line';
      return this.#ending === undefined ? undefined : 'end';
    };
    return (await this.#waitFor('a line or the end', next, Infinity)) === 'line'
      ? this.takeLine()
      : undefined;
  }

  /** Takes exactly `count` octets. */
  async takeOctets(count: number, what = `${count} octets`): Promise<Buffer> {
    await this.#waitFor(what, () => this.#unreadLength() >= count || undefined);
    return this.#take(count);
  }

  /** Throws away exactly `count` octets as they come, however many they are. The deadline is for each piece. */
  async skipOctets(count: number): Promise<void> {
    let remaining = count;
    while (remaining > 0) {
      const available = await this.#waitFor(`${remaining} octets`, () => this.#unreadLength() || undefined);
      remaining -= this.#take(Math.min(available, remaining)).length;
    }
  }

  /** Takes what has arrived and has not been taken, which may be nothing. */
  takeUnread(): Buffer {
    return this.#take(this.#unreadLength());
  }

  /** Waits until the peer ends the connection; what it sent before that can still be taken. */
  async waitForEnd(): Promise<Ending> {
    return this.#waitFor('the end of the connection', () => this.#ending);
  }

  /** The last part of the conversation so far, for error messages. */
  transcript(): string {
    return this.#transcript.join('\n');
  }

  #receive(octets: Buffer): void {
    if (this.#isRecording) this.#chunks.push({ octets, atMs: performance.now() });
    this.#note(this.#peer, octets);
    this.#unread.push(octets);
    this.#wake?.();
  }

  #finish(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#ended.resolve(ending);
    this.#note(this.#peer, Buffer.from(ending.kind === 'end' ? '(end)' : `(${ending.error.message})`));
    this.#wake?.();
  }

  #note(name: string, octets: Buffer): void {
    const shown = octets.toString('latin1', 0, NOTE_OCTETS).replace(/\r?\n$/, '');
    const cut = octets.length > NOTE_OCTETS ? `... (${octets.length} octets)` : '';
    this.#transcript.push(...`${shown}${cut}`.split(/\r?\n/).map((line) => `${name}: ${line}`));
    this.#transcript.splice(0, this.#transcript.length - TRANSCRIPT_LINES);
  }

  /** Resolves with the first defined result of `probe`, which is asked again whenever something has happened. */
  async #waitFor<T>(what: string, probe: () => T | undefined, deadlineMs = this.#deadlineMs): Promise<T> {
    if (this.#wake !== undefined) throw new Error(`Cannot wait for ${what}: another wait is still running`);
    const immediate = probe();
    if (immediate !== undefined) return immediate;
    return new Promise<T>((resolve, reject) => {
      const settle = (action: () => void): void => {
        clearTimeout(timer);
        this.#wake = undefined;
        action();
      };
      const fail = (reason: string): void => {
        const error = new Error(`${reason} while waiting for ${what}. So far:\n${this.transcript()}`);
        settle(() => reject(error));
      };
      const timer =
        deadlineMs === Infinity ? undefined : setTimeout(() => fail(`${deadlineMs} ms passed`), deadlineMs);
      this.#wake = () => {
        const value = probe();
        if (value !== undefined) settle(() => resolve(value));
        else if (this.#ending !== undefined) fail('The connection ended');
      };
      this.#wake();
    });
  }

  #unreadLength(): number {
    return this.#unread.reduce((sum, octets) => sum + octets.length, 0);
  }

  /** Octets up to and with the first LF, or `undefined` while there is none. */
  #lineLength(): number | undefined {
    let before = 0;
    for (const octets of this.#unread) {
      const at = octets.indexOf(LF);
      if (at >= 0) return before + at + 1;
      before += octets.length;
    }
    return undefined;
  }

  #take(count: number): Buffer {
    const all =
      this.#unread.length === 1 ? (this.#unread[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#unread);
    this.#unread = all.length > count ? [all.subarray(count)] : [];
    return all.subarray(0, count);
  }
}
