/**
 * Cuts a stream of octets into lines and literals, for both directions of an IMAP connection.
 *
 * It promises the same fragments however the stream is cut into chunks, holds at most one line of
 * `maxLineOctets`, and never holds a literal. Bytes go in, a sink is told what they were; there is no
 * socket, timer or log.
 *
 * @see RFC 9051 sections 2.2 and 4.3, RFC 7888 (non-synchronizing literals), RFC 3516 (literal8)
 */
import { InvariantError, LimitExceededError } from '../base/errors.ts';
import { type LiteralMarker, MARKER_TAIL_OCTETS, parseLiteralMarker } from './literal-marker.ts';
import { contentEnd, LF, RBRACE } from './octets.ts';
import { isDataResponse } from './response-line.ts';

/** Told what the octets are. `source[start..end)` is valid during the call only. */
export interface FragmentSink {
  /** A whole line, line ending included; the last part of one that {@link onLinePart} began. */
  onLine(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void;
  /** A part of a line that is longer than `maxLineOctets` (only with `longLines: 'stream'`). */
  onLinePart(source: Buffer, start: number, end: number): void;
  /** The next octets of the open literal; `remaining` are still to come. Called once with none for `{0}`. */
  onLiteral(source: Buffer, start: number, end: number, remaining: number): void;
}

export interface FragmentRules {
  /**
   * Who sends. In `response` direction a marker counts only in untagged data, and needs no consent; the
   * tail of status responses and continuation requests is free text.
   */
  readonly direction: 'command' | 'response';
  /** Longest line held in memory, in octets. */
  readonly maxLineOctets: number;
  /** What becomes of a longer line: an error, or passed on in parts of which the first is this long at least. */
  readonly longLines: 'refuse' | 'stream';
}

/** `undecided`: a synchronizing literal was announced and the other side has not said yes or no. */
type State = 'line' | 'undecided' | 'literal';

const NOTHING: Buffer = Buffer.alloc(0);

export class Fragmenter {
  readonly #rules: FragmentRules;
  readonly #sink: FragmentSink;
  #state: State = 'line';
  #remaining = 0;
  /** Beginning of a line whose end has not come; after the first part of a long line, its last octets. */
  #held: Buffer = NOTHING;
  #heldOctets = 0;
  #isStreaming = false;
  #streamedDataLine = false;
  #isContinued = false;
  #isStopped = false;

  constructor(rules: FragmentRules, sink: FragmentSink) {
    this.#rules = rules;
    this.#sink = sink;
  }

  /** Whether the line now being reported goes on with a command or response after a literal. */
  get isContinued(): boolean {
    return this.#isContinued;
  }

  /** Whether everything fed so far ended with a whole command or response. */
  get isAtBoundary(): boolean {
    return this.#state === 'line' && this.#heldOctets === 0 && !this.#isStreaming && !this.#isContinued;
  }

  /** Whether a synchronizing literal waits for {@link acceptLiteral} or {@link refuseLiteral}. */
  get isUndecided(): boolean {
    return this.#state === 'undecided';
  }

  /**
   * Takes octets from `chunk` beginning at `from` and returns the offset of the first octet not taken:
   * `chunk.length`, unless the sink called {@link stop} or a literal is undecided.
   *
   * @throws LimitExceededError for a line over the limit (`longLines: 'refuse'`) or a literal over 2^53-1.
   */
  feed(chunk: Buffer, from = 0): number {
    let at = from;
    this.#isStopped = false;
    while (at < chunk.length && !this.#isStopped && this.#state !== 'undecided') {
      at = this.#state === 'literal' ? this.#takeLiteral(chunk, at) : this.#takeLine(chunk, at);
    }
    return at;
  }

  /** Called by the sink: {@link feed} returns before it takes another octet. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The other side sent a continuation request: the literal follows. */
  acceptLiteral(): void {
    this.#decide('literal');
  }

  /** The other side refused the literal with a tagged response: what follows is a new command (RFC 9051 section 4.3). */
  refuseLiteral(): void {
    this.#decide('line');
    this.#isContinued = false;
  }

  /** Called by the sink in `onLine`: the line is data for a command, in which a marker announces nothing. */
  ignoreMarker(): void {
    this.#state = 'line';
    this.#remaining = 0;
    this.#isContinued = false;
  }

  #decide(next: State): void {
    if (this.#state !== 'undecided') throw new InvariantError('no literal waits for consent');
    this.#state = next;
  }

  #takeLiteral(chunk: Buffer, from: number): number {
    const taken = Math.min(this.#remaining, chunk.length - from);
    this.#remaining -= taken;
    if (this.#remaining === 0) {
      this.#state = 'line';
      this.#isContinued = true;
    }
    this.#sink.onLiteral(chunk, from, from + taken, this.#remaining);
    return from + taken;
  }

  #takeLine(chunk: Buffer, from: number): number {
    const lf = chunk.indexOf(LF, from);
    if (lf === -1) {
      this.#holdLine(chunk, from);
      return chunk.length;
    }
    const end = lf + 1;
    if (this.#isStreaming) {
      this.#endLongLine(chunk, from, end);
    } else if (this.#heldOctets > 0) {
      this.#hold(chunk, from, end);
      const line = this.#release();
      this.#endLine(line, 0, line.length);
    } else {
      this.#endLine(chunk, from, end);
    }
    return end;
  }

  /** Keeps the beginning of a line until its end comes, or passes it on when it is too long to keep. */
  #holdLine(chunk: Buffer, from: number): void {
    if (this.#isStreaming) {
      this.#sink.onLinePart(chunk, from, chunk.length);
      this.#keepTail(this.#release(), chunk, from, chunk.length);
      return;
    }
    this.#refuseIfTooLong(this.#heldOctets + chunk.length - from);
    this.#hold(chunk, from, chunk.length);
    if (this.#heldOctets <= this.#rules.maxLineOctets) return;
    const part = this.#release();
    this.#isStreaming = true;
    this.#streamedDataLine = isDataResponse(part, 0, part.length);
    this.#sink.onLinePart(part, 0, part.length);
    this.#keepTail(NOTHING, part, 0, part.length);
  }

  #endLongLine(chunk: Buffer, from: number, end: number): void {
    this.#keepTail(this.#release(), chunk, from, end);
    const last = this.#release();
    this.#isStreaming = false;
    const mayAnnounce = this.#rules.direction === 'command' || this.#streamedDataLine || this.#isContinued;
    this.#report(chunk, from, end, mayAnnounce ? this.#readMarker(last, 0, last.length) : undefined);
  }

  /** Appends to the held octets; room doubles, so that a line that drips in is not copied again and again. */
  #hold(chunk: Buffer, from: number, end: number): void {
    const octets = this.#heldOctets + end - from;
    if (octets > this.#held.length) {
      const room = Buffer.allocUnsafe(Math.max(octets, 2 * this.#held.length));
      this.#held.copy(room, 0, 0, this.#heldOctets);
      this.#held = room;
    }
    chunk.copy(this.#held, this.#heldOctets, from, end);
    this.#heldOctets = octets;
  }

  #release(): Buffer {
    const held = this.#held.subarray(0, this.#heldOctets);
    this.#held = NOTHING;
    this.#heldOctets = 0;
    return held;
  }

  /** Holds the last octets of `before` and `chunk[from..end)` together: enough to see a marker. */
  #keepTail(before: Buffer, chunk: Buffer, from: number, end: number): void {
    const start = Math.max(from, end - MARKER_TAIL_OCTETS);
    const missing = MARKER_TAIL_OCTETS - (end - start);
    this.#hold(before, Math.max(0, before.length - missing), before.length);
    this.#hold(chunk, start, end);
  }

  #endLine(source: Buffer, start: number, end: number): void {
    this.#refuseIfTooLong(end - start);
    const mayAnnounce =
      this.#rules.direction === 'command' || this.#isContinued || isDataResponse(source, start, end);
    this.#report(source, start, end, mayAnnounce ? this.#readMarker(source, start, end) : undefined);
  }

  #readMarker(source: Buffer, start: number, end: number): LiteralMarker | undefined {
    const stop = contentEnd(source, start, end);
    if (stop === start || source[stop - 1] !== RBRACE) return undefined;
    const marker = parseLiteralMarker(source, start, stop);
    // A server does not wait and writes no plus (RFC 9051 section 9, `literal` from the server).
    if (this.#rules.direction === 'response' && marker?.isSynchronizing === false) return undefined;
    return marker;
  }

  #report(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {
    if (marker === undefined) {
      this.#sink.onLine(source, start, end, undefined);
      this.#isContinued = false;
      return;
    }
    const mustWait = this.#rules.direction === 'command' && marker.isSynchronizing;
    this.#state = mustWait ? 'undecided' : 'literal';
    this.#remaining = marker.octets;
    this.#sink.onLine(source, start, end, marker);
  }

  #refuseIfTooLong(octets: number): void {
    if (this.#rules.longLines === 'refuse' && octets > this.#rules.maxLineOctets) {
      throw new LimitExceededError('line', this.#rules.maxLineOctets);
    }
  }
}
