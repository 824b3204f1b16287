/** Reads whole commands, literals included, from a client that has not logged in. */
import { LimitExceededError } from '../base/errors.ts';
import type { Segment } from '../protocol/astring.ts';
import { parseCommandHead } from '../protocol/command-line.ts';
import { Fragmenter, type FragmentSink } from '../protocol/fragmenter.ts';
import {
  MAX_LOGIN_COMMAND_OCTETS,
  MAX_LOGIN_LINE_OCTETS,
  MAX_LOGIN_LITERAL_OCTETS,
} from '../protocol/limits.ts';
import type { LiteralMarker } from '../protocol/literal-marker.ts';
import { contentEnd, LBRACE } from '../protocol/octets.ts';

/** One command, or one line that answers a challenge. */
export interface CollectedCommand {
  /** Not empty; the last has no literal. */
  readonly segments: readonly Segment[];
  /** Set when a synchronizing literal was not asked for, so that nothing of it will come. */
  readonly refusal: 'too big' | 'out of place' | undefined;
}

/** Commands before login whose arguments may be literals; no other is asked for one. */
const TAKES_LITERALS: ReadonlySet<string> = new Set(['LOGIN', 'ID']);

export class CommandCollector implements FragmentSink {
  readonly #fragmenter = new Fragmenter(
    { direction: 'command', maxLineOctets: MAX_LOGIN_LINE_OCTETS, longLines: 'refuse' },
    this,
  );
  readonly #askForLiteral: () => void;
  #segments: Segment[] = [];
  #text: Buffer | undefined;
  #literal: Buffer[] = [];
  #octets = 0;
  #takesLiterals = false;
  #isLineExpected = false;
  #collected: CollectedCommand | undefined;

  /** `askForLiteral` sends a continuation request. */
  constructor(askForLiteral: () => void) {
    this.#askForLiteral = askForLiteral;
  }

  /** The next line answers a challenge: it is one line, whatever it ends in. */
  expectLine(): void {
    this.#isLineExpected = true;
  }

  /**
   * Takes octets up to the end of a command and returns the offset behind it; {@link take} has the command
   * then, if it is whole.
   *
   * @throws LimitExceededError when a line, a non-synchronizing literal or the whole command is too long.
   */
  feed(chunk: Buffer): number {
    return this.#fragmenter.feed(chunk);
  }

  /** The command that {@link feed} has completed; once. */
  take(): CollectedCommand | undefined {
    const collected = this.#collected;
    this.#collected = undefined;
    return collected;
  }

  onLine(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {
    this.#count(end - start);
    const stop = contentEnd(source, start, end);
    if (this.#isLineExpected) {
      this.#isLineExpected = false;
      this.#fragmenter.ignoreMarker();
      this.#complete(Buffer.from(source.subarray(start, stop)), undefined);
      return;
    }
    const textEnd = marker === undefined ? stop : markerStart(source, stop);
    const text = Buffer.from(source.subarray(start, textEnd));
    if (this.#segments.length === 0) {
      this.#takesLiterals = TAKES_LITERALS.has(parseCommandHead(text, 0, text.length)?.name ?? '');
    }
    if (marker === undefined) this.#complete(text, undefined);
    else if (!marker.isSynchronizing) this.#expect(text, marker);
    else this.#answer(text, marker);
  }

  onLinePart(): void {}

  onLiteral(source: Buffer, start: number, end: number, remaining: number): void {
    this.#count(end - start);
    this.#literal.push(Buffer.from(source.subarray(start, end)));
    if (remaining > 0) return;
    this.#segments.push({ text: this.#text ?? Buffer.alloc(0), literal: Buffer.concat(this.#literal) });
    this.#literal = [];
  }

  #expect(text: Buffer, marker: LiteralMarker): void {
    if (marker.octets > MAX_LOGIN_LITERAL_OCTETS)
      throw new LimitExceededError('literal', MAX_LOGIN_LITERAL_OCTETS);
    this.#text = text;
  }

  #answer(text: Buffer, marker: LiteralMarker): void {
    if (this.#takesLiterals && marker.octets <= MAX_LOGIN_LITERAL_OCTETS) {
      this.#text = text;
      this.#fragmenter.acceptLiteral();
      this.#askForLiteral();
      return;
    }
    this.#fragmenter.refuseLiteral();
    this.#complete(text, this.#takesLiterals ? 'too big' : 'out of place');
  }

  #complete(text: Buffer, refusal: CollectedCommand['refusal']): void {
    this.#collected = { segments: [...this.#segments, { text, literal: undefined }], refusal };
    this.#segments = [];
    this.#octets = 0;
    this.#fragmenter.stop();
  }

  #count(octets: number): void {
    this.#octets += octets;
    if (this.#octets > MAX_LOGIN_COMMAND_OCTETS)
      throw new LimitExceededError('command', MAX_LOGIN_COMMAND_OCTETS);
  }
}

function markerStart(source: Buffer, end: number): number {
  return source.lastIndexOf(LBRACE, end);
}
