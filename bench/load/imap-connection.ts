import type { Socket } from 'node:net';
import { type Address, connectTo } from './address.ts';

const LF = 0x0a;
const PLUS = 0x2b;
const SP = 0x20;

/** Told once per answer: when it ended, and its last line. */
interface Waiter {
  readonly tag: string;
  readonly resolve: (lastLine: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One client connection, made to cost little beside what it measures: of an answer only the last line is looked
 * at. It must not be sent anything that nobody asked for, and no message may hold a line that looks like a tagged one.
 */
export class ImapConnection {
  readonly #socket: Socket;
  /** The beginning of a line that is not complete yet. */
  #partial = '';
  #greetingLine = '';
  #received = 0;
  #tags = 0;
  #waiter: Waiter | undefined;
  /** What ended the connection. */
  #end: Error | undefined;

  private constructor(address: Address) {
    const socket = connectTo(address, (chunk) => this.#read(chunk));
    this.#socket = socket;
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  /** Begins to connect; {@link greeting} is to be awaited next. */
  static connect(address: Address): ImapConnection {
    return new ImapConnection(address);
  }

  /** Resolves when the greeting is there. @throws Error when it does not come. */
  static async open(address: Address): Promise<ImapConnection> {
    const connection = new ImapConnection(address);
    await connection.greeting();
    return connection;
  }

  /** Waits for the server's first line. @throws Error when the connection ends instead. */
  async greeting(): Promise<void> {
    this.#greetingLine = await this.#await('*');
  }

  /** What the server said first. */
  get greetingLine(): string {
    return this.#greetingLine;
  }

  /** Octets read so far. */
  get received(): number {
    return this.#received;
  }

  /** Resolves with the tagged line. @throws Error when that is not OK. */
  async command(text: string): Promise<string> {
    const tag = this.#nextTag();
    this.#socket.write(`${tag} ${text}\r\n`, 'latin1');
    return this.#expectOk(tag, text, await this.#await(tag));
  }

  /** Sends a command, `more` (octets or a line) when the server asks for it, and waits for the tagged line. */
  async commandWith(text: string, more: Iterable<Buffer | string>): Promise<string> {
    const tag = this.#nextTag();
    this.#socket.write(`${tag} ${text}\r\n`, 'latin1');
    const line = await this.#await(tag);
    if (!line.startsWith('+')) return this.#expectOk(tag, text, line);
    for (const piece of more) {
      if (!this.#socket.write(piece)) await this.#drained();
    }
    return this.#expectOk(tag, text, await this.#await(tag));
  }

  /** LOGOUT, and waits for the tagged line. */
  async logOut(): Promise<void> {
    await this.command('LOGOUT');
    this.#socket.end();
  }

  /** Ends the connection without a word. */
  destroy(): void {
    this.#end ??= new Error('the connection was given up');
    this.#socket.destroy();
  }

  #nextTag(): string {
    this.#tags += 1;
    return `A${this.#tags}`;
  }

  #expectOk(tag: string, text: string, line: string): string {
    if (line.startsWith(`${tag} OK`)) return line;
    throw new Error(`Cannot go on: "${text}" was answered with "${line}"`);
  }

  #drained(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiter = { tag: '', resolve: () => resolve(), reject };
      this.#socket.once('drain', () => {
        this.#waiter = undefined;
        resolve();
      });
    });
  }

  #await(tag: string): Promise<string> {
    if (this.#end !== undefined) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      this.#waiter = { tag, resolve, reject };
    });
  }

  #read(chunk: Buffer): void {
    this.#received += chunk.length;
    if (chunk[chunk.length - 1] !== LF) {
      const start = chunk.lastIndexOf(LF) + 1;
      // In the middle of a message a "line" is as long as the message; its beginning is all that counts.
      const begun = start === 0 ? this.#partial : '';
      this.#partial = begun.length > 1000 ? begun : begun + chunk.toString('latin1', start, start + 1000);
      return;
    }
    const start = chunk.length < 2 ? 0 : chunk.lastIndexOf(LF, chunk.length - 2) + 1;
    const waiter = this.#waiter;
    const isPartial = start === 0 && this.#partial !== '';
    if (waiter === undefined || (!isPartial && !endsAnswer(chunk, start, waiter.tag))) {
      this.#partial = '';
      return;
    }
    const line = `${start === 0 ? this.#partial : ''}${chunk.toString('latin1', start).trimEnd()}`;
    this.#partial = '';
    if (isPartial && !(line.startsWith('+') || line.startsWith(`${waiter.tag} `))) return;
    this.#waiter = undefined;
    waiter.resolve(line);
  }

  #fail(cause: Error): void {
    this.#end ??= cause;
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.reject(new Error(`Cannot read the answer to ${waiter.tag}: ${cause.message}`, { cause }));
  }
}

/** Whether the line is a continuation request, or begins with the tag. */
function endsAnswer(chunk: Buffer, start: number, tag: string): boolean {
  if (chunk[start] === PLUS) return true;
  if (chunk[start + tag.length] !== SP) return false;
  for (let at = 0; at < tag.length; at += 1) {
    if (chunk[start + at] !== tag.charCodeAt(at)) return false;
  }
  return true;
}
