import { Socket } from 'node:net';
import { parseCommandHead } from '../../src/protocol/command-line.ts';

/** What the server says to a command line; `$` at the beginning of a line stands for the command's tag. */
export type Answerer = (line: string, name: string) => readonly string[];

/**
 * A socket whose other end is the test, without a network: what is written to it can be read in
 * {@link PlayedSocket.sent}, and what {@link PlayedSocket.say} is given is read from it. Octets are latin1.
 */
export class PlayedSocket extends Socket {
  readonly #answerer: Answerer | undefined;
  #sent = '';
  #answered = 0;

  /** `answerer` answers each line as it comes; without it nothing is said but by {@link say}. */
  constructor(answerer?: Answerer) {
    super();
    this.#answerer = answerer;
  }

  /** Everything written to it so far. */
  get sent(): string {
    return this.#sent;
  }

  /** The server says `text`, which arrives as one chunk before this resolves. */
  async say(text: string): Promise<void> {
    this.push(Buffer.from(text, 'latin1'));
    await settle();
  }

  /** The server ends the connection; that has arrived when this resolves. */
  async cut(): Promise<void> {
    this.push(null);
    await settle();
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#take(chunk);
    done();
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of chunks) this.#take(chunk);
    done();
  }

  #take(octets: Buffer): void {
    this.#sent += octets.toString('latin1');
    if (this.#answerer === undefined) return;
    for (;;) {
      const end = this.#sent.indexOf('\r\n', this.#answered);
      if (end === -1) return;
      const line = this.#sent.slice(this.#answered, end);
      this.#answered = end + 2;
      const source = Buffer.from(line, 'latin1');
      const head = parseCommandHead(source, 0, source.length);
      const answers = this.#answerer(line, head?.name ?? '');
      if (answers.length === 0) continue;
      this.push(Buffer.from(answers.map((text) => `${text.replace(/^\$/, head?.tag ?? '*')}\r\n`).join('')));
    }
  }
}

/** Lets all arrive that is on its way, and every promise settle that can. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
