import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Fragmenter } from '../src/protocol/fragmenter.ts';
import { contentEnd } from '../src/protocol/octets.ts';

const RULES = { direction: 'response', maxLineOctets: 64 * 1024, longLines: 'stream' } as const;

/** One connection of a simple mail client: one command at a time, everything as latin1 text. */
export class ImapClient {
  readonly #socket: Socket;
  readonly #fragmenter: Fragmenter;
  #text = '';
  readonly #responses: string[] = [];
  #wake: () => void = () => undefined;
  #tags = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#fragmenter = new Fragmenter(RULES, {
      onLine: (source, start, end, marker) => {
        this.#text += source.toString('latin1', start, contentEnd(source, start, end));
        if (marker !== undefined) this.#text += '\r\n';
        else this.#endResponse();
      },
      onLinePart: (source, start, end) => {
        this.#text += source.toString('latin1', start, end);
      },
      onLiteral: (source, start, end) => {
        this.#text += source.toString('latin1', start, end);
      },
    });
    socket.on('data', (chunk: Buffer) => {
      this.#fragmenter.feed(chunk);
      this.#wake();
    });
    // The awaiting method throws what went wrong; see #nextResponse.
    socket.on('close', () => this.#wake()).on('error', () => this.#wake());
  }

  /** Connects to 127.0.0.1; rejects when nobody listens. */
  static async connect(port: number): Promise<ImapClient> {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    await once(socket, 'connect');
    return new ImapClient(socket);
  }

  /** The next untagged response or continuation request, literals included. @throws Error when the server has gone. */
  async response(): Promise<string> {
    for (;;) {
      const response = this.#responses.shift();
      if (response !== undefined) return response;
      if (this.#socket.closed) {
        throw new Error('Cannot read from the server: it closed the connection', {
          cause: this.#socket.errored,
        });
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /**
   * Sends a command and returns its untagged responses and, last, the tagged one. `continuation` is sent when
   * the server asks for more.
   *
   * @throws Error when the answer is not OK.
   */
  async command(text: string, continuation?: string): Promise<string[]> {
    this.#tags += 1;
    const tag = `A${String(this.#tags).padStart(4, '0')}`;
    this.#socket.write(`${tag} ${text}\r\n`, 'latin1');
    const responses: string[] = [];
    for (;;) {
      const response = await this.response();
      if (response.startsWith('+') && continuation !== undefined) {
        this.#socket.write(`${continuation}\r\n`, 'latin1');
        continue;
      }
      responses.push(response);
      if (!response.startsWith(`${tag} `)) continue;
      if (response.startsWith(`${tag} OK`)) return responses;
      throw new Error(
        `Cannot go on: ${text.split(' ', 1)[0]} was answered with "${response.slice(tag.length + 1)}"`,
      );
    }
  }

  /** Closes the connection, whatever its state. */
  close(): void {
    this.#socket.destroy();
  }

  #endResponse(): void {
    this.#responses.push(this.#text);
    this.#text = '';
  }
}
