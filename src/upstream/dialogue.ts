/** A question-and-answer conversation with the server, for what the proxy itself has to say. */
import type { Clock } from '../base/clock.ts';
import { LimitExceededError } from '../base/errors.ts';
import { Fragmenter, type FragmentSink } from '../protocol/fragmenter.ts';
import { MAX_ANSWER_LINE_OCTETS, MAX_ANSWER_OCTETS } from '../protocol/limits.ts';
import type { LiteralMarker } from '../protocol/literal-marker.ts';
import { parseResponse, type Response } from '../protocol/response-line.ts';
import type { UpstreamConnection, UpstreamReader } from './upstream-connection.ts';
import { UpstreamGoneError, UpstreamProtocolError, UpstreamTimeoutError } from './upstream-errors.ts';

/** One whole response, read from its first line, and all its octets. */
export interface Answer {
  readonly response: Response;
  readonly octets: Buffer;
}

/** Holds at most {@link MAX_ANSWER_OCTETS} of the server's words in all and ends at its deadline. */
export class Dialogue implements UpstreamReader, FragmentSink {
  readonly connection: UpstreamConnection;
  readonly #during: string;
  readonly #fragmenter: Fragmenter;
  readonly #answers: Answer[] = [];
  readonly #cancelDeadline: () => void;
  #parts: Buffer[] = [];
  #octets = 0;
  #failure: Error | undefined;
  #waiting: PromiseWithResolvers<Answer> | undefined;

  /** Reads `connection` from now on; `during` names the occasion in errors. */
  constructor(connection: UpstreamConnection, clock: Clock, timeoutMs: number, during: string) {
    this.connection = connection;
    this.#during = during;
    this.#fragmenter = new Fragmenter(
      { direction: 'response', maxLineOctets: MAX_ANSWER_LINE_OCTETS, longLines: 'refuse' },
      this,
    );
    this.#cancelDeadline = clock.after(timeoutMs, () =>
      this.#fail(new UpstreamTimeoutError(during, timeoutMs)),
    );
    if (connection.isClosed) this.onClosed();
    else connection.attach(this);
  }

  /** Whether the server has said nothing that was not read with {@link next}, and no part of a response. */
  get isQuiet(): boolean {
    return this.#answers.length === 0 && this.#fragmenter.isAtBoundary;
  }

  /**
   * Asks something. An answer that is there already was made for whatever the question would be: the
   * conversation has failed then, and nothing is sent.
   */
  send(octets: Buffer | string): void {
    if (this.#answers.some(({ response }) => isAnswer(response))) {
      this.#answers.splice(0);
      this.#fail(new UpstreamProtocolError(this.#during, 'an answer to what was not asked'));
    }
    if (this.#failure === undefined) this.connection.write(octets);
  }

  /**
   * The next response of the server.
   *
   * @throws UpstreamTimeoutError, UpstreamGoneError, UpstreamProtocolError; the connection is destroyed then.
   */
  next(): Promise<Answer> {
    const answer = this.#answers.shift();
    if (answer !== undefined) return Promise.resolve(answer);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#waiting = Promise.withResolvers<Answer>();
    return this.#waiting.promise;
  }

  /** Ends the conversation; tells whether the server had said nothing more than what was asked for. */
  end(): boolean {
    this.#cancelDeadline();
    return this.isQuiet && this.#failure === undefined;
  }

  onData(chunk: Buffer): void {
    this.#octets += chunk.length;
    try {
      if (this.#octets > MAX_ANSWER_OCTETS) throw new LimitExceededError('answer', MAX_ANSWER_OCTETS);
      this.#fragmenter.feed(chunk);
    } catch (error) {
      this.#fail(
        error instanceof LimitExceededError ? new UpstreamProtocolError(this.#during, error.message) : error,
      );
    }
  }

  onClosed(): void {
    this.#fail(new UpstreamGoneError(this.#during, undefined, { cause: this.connection.failure }));
  }

  onDrain(): void {}

  onLine(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {
    this.#parts.push(Buffer.from(source.subarray(start, end)));
    if (marker !== undefined) return;
    const octets = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#push({ response: parseResponse(octets), octets });
  }

  onLinePart(): void {}

  onLiteral(source: Buffer, start: number, end: number): void {
    this.#parts.push(Buffer.from(source.subarray(start, end)));
  }

  #push(answer: Answer): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting === undefined) this.#answers.push(answer);
    else waiting.resolve(answer);
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return;
    this.#failure = error instanceof Error ? error : new Error(String(error));
    this.#cancelDeadline();
    this.connection.destroy();
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.reject(this.#failure);
  }
}

/** Tells what only a question brings about from what the server says on its own. */
function isAnswer(response: Response): boolean {
  return response.kind === 'continuation' || (response.kind === 'status' && response.tag !== undefined);
}
