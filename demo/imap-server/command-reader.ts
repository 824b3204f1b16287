import { LimitExceededError } from '../../src/base/errors.ts';
import { Fragmenter } from '../../src/protocol/fragmenter.ts';
import type { LiteralMarker } from '../../src/protocol/literal-marker.ts';
import { contentEnd } from '../../src/protocol/octets.ts';

const MAX_COMMAND_OCTETS = 16 * 1024 * 1024;
const RULES = { direction: 'command', maxLineOctets: 64 * 1024, longLines: 'refuse' } as const;

/**
 * Pulls whole commands, literals included, out of a byte stream. It reads no further than a command
 * needs, so the stream's own flow control holds back a client that sends faster than it is served.
 */
export class CommandReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #askForLiteral: () => void;
  readonly #fragmenter: Fragmenter;
  #chunk: Buffer = Buffer.alloc(0);
  #at = 0;
  #parts: string[] = [];
  #octets = 0;
  #isWhole = false;

  /** `askForLiteral` sends the continuation request that a synchronizing literal waits for. */
  constructor(source: AsyncIterable<Buffer>, askForLiteral: () => void) {
    this.#chunks = source[Symbol.asyncIterator]();
    this.#askForLiteral = askForLiteral;
    this.#fragmenter = new Fragmenter(RULES, {
      onLine: (line, start, end, marker) => this.#keepLine(line, start, end, marker),
      onLinePart: (line, start, end) => this.#keep(line.toString('latin1', start, end)),
      onLiteral: (literal, start, end) => this.#keep(literal.toString('latin1', start, end)),
    });
  }

  /**
   * The next command, or the next answer to a continuation request, without its final line ending and with
   * one character per octet; undefined when the client has gone. Literals stand in it as on the wire:
   * marker, CRLF, octets.
   *
   * @throws LimitExceededError when a line or command is larger than this server takes.
   */
  async next(): Promise<string | undefined> {
    this.#parts = [];
    this.#octets = 0;
    this.#isWhole = false;
    while (!this.#isWhole) {
      if (this.#fragmenter.isUndecided) {
        this.#askForLiteral();
        this.#fragmenter.acceptLiteral();
      }
      if (this.#at === this.#chunk.length && !(await this.#fill())) return undefined;
      this.#at = this.#fragmenter.feed(this.#chunk, this.#at);
    }
    return this.#parts.join('');
  }

  async #fill(): Promise<boolean> {
    const next = await this.#chunks.next();
    if (next.done === true) return false;
    this.#chunk = next.value;
    this.#at = 0;
    return true;
  }

  #keepLine(line: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {
    this.#keep(line.toString('latin1', start, contentEnd(line, start, end)));
    if (marker !== undefined) {
      this.#count(marker.octets);
      this.#keep('\r\n');
      return;
    }
    this.#isWhole = true;
    this.#fragmenter.stop();
  }

  #keep(text: string): void {
    this.#parts.push(text);
  }

  /** Refuses by what is announced, before the client is asked to send it. */
  #count(octets: number): void {
    this.#octets += octets;
    if (this.#octets > MAX_COMMAND_OCTETS) throw new LimitExceededError('demo command', MAX_COMMAND_OCTETS);
  }
}
