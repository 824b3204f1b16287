import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { passwordOf } from '../../support/dovecot.ts';

const LF = 0x0a;

/**
 * An IMAP client for messages too large to hold. It reads from its socket only when it is asked to, so that whoever
 * sends to it meets a full window otherwise, and it keeps nothing of what it has passed on.
 */
export class BulkClient implements Disposable {
  readonly #socket: Socket;
  readonly #chunks: AsyncIterator<Buffer>;
  #unread: Buffer = Buffer.alloc(0);

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#chunks = socket.iterator({ destroyOnReturn: false });
  }

  static async logIn(port: number, user: string): Promise<BulkClient> {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    const client = new BulkClient(socket);
    await once(socket, 'connect');
    await client.readLine();
    await client.command(`LOGIN ${user} ${passwordOf(user)}`);
    return client;
  }

  /** @throws Error with the tagged response when that is not OK. */
  async command(text: string): Promise<void> {
    await this.write(`c ${text}\r\n`);
    await this.#readCompletion();
  }

  /** Sends `pieces`, `octets` in all, as one message; waits whenever the kernel takes no more. */
  async append(mailbox: string, octets: number, pieces: Iterable<Buffer>): Promise<void> {
    await this.write(`c APPEND ${mailbox} {${octets}}\r\n`);
    const answer = await this.readLine();
    if (!answer.startsWith('+')) throw new Error(`Cannot append: ${answer}`);
    for (const piece of pieces) await this.write(piece);
    await this.write('\r\n');
    await this.#readCompletion();
  }

  /** The body of a message in the selected mailbox, in pieces that are read when they are asked for. */
  async *body(sequenceNumber: number): AsyncGenerator<Buffer> {
    await this.write(`c FETCH ${sequenceNumber} BODY.PEEK[]\r\n`);
    const line = await this.readLine();
    const octets = Number(/\{(\d+)\}$/.exec(line)?.[1]);
    for (let remaining = octets; remaining > 0; ) {
      if (this.#unread.length === 0) await this.#readChunk();
      const piece = this.#unread.subarray(0, remaining);
      this.#unread = this.#unread.subarray(piece.length);
      remaining -= piece.length;
      yield piece;
    }
    const end = await this.readLine();
    if (end !== ')') throw new Error(`Expected the end of the message, got "${end}"`);
    await this.#readCompletion();
  }

  /** Resolves when the kernel has taken it. */
  async write(octets: Buffer | string): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#socket.write(octets, (error) => (error ? reject(error) : resolve()));
    });
  }

  /** One line without its end, as latin1. */
  async readLine(): Promise<string> {
    let end = this.#unread.indexOf(LF);
    while (end === -1) {
      await this.#readChunk();
      end = this.#unread.indexOf(LF);
    }
    const line = this.#unread.toString('latin1', 0, end).replace(/\r$/, '');
    this.#unread = this.#unread.subarray(end + 1);
    return line;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  async #readCompletion(): Promise<void> {
    let line = await this.readLine();
    while (!line.startsWith('c ')) line = await this.readLine();
    if (!line.startsWith('c OK')) throw new Error(`Cannot go on: ${line}`);
  }

  async #readChunk(): Promise<void> {
    const { value, done } = await this.#chunks.next();
    if (done === true) throw new Error('The connection ended');
    this.#unread = this.#unread.length === 0 ? value : Buffer.concat([this.#unread, value]);
  }
}
