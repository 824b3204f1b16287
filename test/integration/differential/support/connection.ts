import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Outstanding } from './outstanding.ts';
import { type Response, ResponseReader } from './response-reader.ts';

/** What a transcript has where something was waited for in vain. */
export const SILENCE = '(nothing more)';

/** How a transcript says that the server closed the connection. */
export const END = '(end)';

/** One connection of a script's clients, and every response that came on it. */
export class Connection {
  readonly #socket: Socket;
  readonly #deadlineMs: number;
  readonly #outstanding = new Outstanding();
  readonly #reader = new ResponseReader((response) => this.#receive(response));
  readonly #responses: Response[] = [];
  /** How many responses had come when something was sent last. */
  #before = 0;
  #isDismissed = false;
  #hasEnded = false;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket, deadlineMs: number) {
    this.#socket = socket;
    this.#deadlineMs = deadlineMs;
    socket.setNoDelay();
    socket.setEncoding('latin1');
    socket.on('data', (octets: string) => this.#reader.feed(octets));
    // A reset is an end: what a server has unread when it closes is no part of what it says.
    socket.on('error', () => this.#end());
    socket.on('end', () => this.#end());
  }

  /** Connects and waits for the greeting. @param deadlineMs how long each wait may take */
  static async open(port: number, deadlineMs: number): Promise<Connection> {
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    const connection = new Connection(socket, deadlineMs);
    await once(socket, 'connect');
    await connection.#wait(() => connection.#responses.length > 0);
    return connection;
  }

  /** All that came, in order; with {@link END} at the end if the server closed, and {@link SILENCE} where it hung. */
  get responses(): readonly Response[] {
    const rest = this.#reader.rest === '' ? [] : [[this.#reader.rest]];
    return [...this.#responses, ...rest, ...(this.#hasEnded ? [[END]] : [])];
  }

  /** False once the server has said BYE: what crosses with its end is answered or not, as it happens. */
  get canSend(): boolean {
    return !this.#hasEnded && !this.#isDismissed && this.#socket.writable;
  }

  /** Whether a command may be sent, as nothing is under way. */
  get isAtBoundary(): boolean {
    return this.#outstanding.isAtBoundary;
  }

  /** Whether the server waits for the data of a literal. */
  get isInLiteral(): boolean {
    return this.#outstanding.isInLiteral;
  }

  /** Sends octets (latin1) in one write and waits for what they ask for. */
  async send(octets: string): Promise<void> {
    this.#before = this.#responses.length;
    this.#outstanding.sent(octets);
    this.#socket.write(octets, 'latin1');
    await this.#wait(() => this.#outstanding.isOver);
  }

  /** Waits until a response holds `text` that has come since the last {@link send}. */
  async waitFor(text: string): Promise<void> {
    await this.#wait(() =>
      this.#responses.slice(this.#before).some((response) => response.join('').includes(text)),
    );
    this.#before = this.#responses.length;
  }

  async waitForEnd(): Promise<void> {
    await this.#wait(() => this.#hasEnded);
  }

  halfClose(): void {
    this.#socket.end();
  }

  close(): void {
    this.#socket.destroy();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  #receive(response: Response): void {
    this.#responses.push(response);
    this.#isDismissed ||= response[0]?.startsWith('* BYE ') === true;
    this.#outstanding.received(response);
    this.#wake?.();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#wake?.();
  }

  async #wait(isOver: () => boolean): Promise<void> {
    if (isOver() || this.#hasEnded) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#responses.push([SILENCE]);
      resolve();
    }, this.#deadlineMs);
    this.#wake = () => {
      if (isOver() || this.#hasEnded) resolve();
    };
    await promise;
    this.#wake = undefined;
    clearTimeout(timer);
  }
}
