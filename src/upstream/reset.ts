/**
 * Brings a connection back to how it was right after login, and proves it: an exchange, not a write.
 *
 * The server is asked to close the mailbox without expunging, and then for a NOOP under a fresh tag. Only
 * when that NOOP is answered OK with nothing behind it is the connection known to be in step.
 *
 * @see RFC 3691 (UNSELECT), RFC 9051 sections 6.3.3 (EXAMINE), 6.4.1 (CLOSE)
 */
import type { Clock } from '../base/clock.ts';
import { LimitExceededError } from '../base/errors.ts';
import { Fragmenter, type FragmentSink } from '../protocol/fragmenter.ts';
import { MAX_ANSWER_LINE_OCTETS, MAX_ANSWER_OCTETS } from '../protocol/limits.ts';
import type { LiteralMarker } from '../protocol/literal-marker.ts';
import { parseResponse } from '../protocol/response-line.ts';
import type { Tag } from '../protocol/tag.ts';
import { canUnselect } from './connector.ts';
import type { UpstreamConnection, UpstreamReader } from './upstream-connection.ts';

export type ResetVerdict = 'clean' | 'reset failed' | 'closed by server';

/** How long the answer may take, in ms. A round trip to the far side of the world takes a fifth of it. */
export const RESET_TIMEOUT_MS = 2_000;

/** Which answers a step may have; anything else means that the connection is not as it was thought to be. */
interface Step {
  readonly tag: Tag;
  readonly accepts: (status: string, codeName: string | undefined) => boolean;
}

/**
 * Resets `connection`, on which a mailbox may be open if `maySelect`, and tells `done` the verdict once. The
 * caller must have let every command be answered before.
 */
export function resetUpstream(
  connection: UpstreamConnection,
  maySelect: boolean,
  clock: Clock,
  done: (verdict: ResetVerdict) => void,
): void {
  new Reset(connection, clock, done).begin(maySelect);
}

class Reset implements UpstreamReader, FragmentSink {
  readonly #connection: UpstreamConnection;
  readonly #done: (verdict: ResetVerdict) => void;
  readonly #cancelDeadline: () => void;
  readonly #fragmenter = new Fragmenter(
    { direction: 'response', maxLineOctets: MAX_ANSWER_LINE_OCTETS, longLines: 'refuse' },
    this,
  );
  #steps: Step[] = [];
  /** Sent when the steps before are done; CLOSE must not go out before EXAMINE has said that it expunges nothing. */
  #second: (() => void) | undefined;
  #octets = 0;
  #isOver = false;

  constructor(connection: UpstreamConnection, clock: Clock, done: (verdict: ResetVerdict) => void) {
    this.#connection = connection;
    this.#done = done;
    this.#cancelDeadline = clock.after(RESET_TIMEOUT_MS, () => this.#end('reset failed'));
  }

  begin(maySelect: boolean): void {
    this.#connection.attach(this);
    if (!maySelect) {
      this.#send(['NOOP', isOk]);
    } else if (canUnselect(this.#connection.login?.capabilities ?? [])) {
      // BAD: nothing was selected, which is what is wanted.
      this.#send(['UNSELECT', (status) => status === 'OK' || status === 'BAD'], ['NOOP', isOk]);
    } else {
      this.#second = () => this.#send(['CLOSE', isOk], ['NOOP', isOk]);
      this.#send(['EXAMINE INBOX', (status, code) => status === 'OK' && code === 'READ-ONLY']);
    }
  }

  onData(chunk: Buffer): void {
    this.#octets += chunk.length;
    try {
      this.#fragmenter.feed(chunk);
    } catch (error) {
      if (!(error instanceof LimitExceededError)) throw error;
      this.#end('reset failed');
      return;
    }
    if (this.#octets > MAX_ANSWER_OCTETS) this.#end('reset failed');
    if (this.#isOver || this.#steps.length > 0) return;
    const second = this.#second;
    this.#second = undefined;
    if (second !== undefined) second();
    else this.#end(this.#fragmenter.isAtBoundary ? 'clean' : 'reset failed');
  }

  onClosed(): void {
    this.#end('closed by server');
  }

  onDrain(): void {}

  onLine(source: Buffer, start: number, end: number, _marker: LiteralMarker | undefined): void {
    if (this.#fragmenter.isContinued) return;
    const response = parseResponse(source, start, end);
    if (response.kind === 'data') {
      // News of the mailbox that is being closed; but nothing may come behind the last answer.
      if (this.#steps.length === 0) this.#end('reset failed');
      return;
    }
    if (response.kind === 'status' && response.tag === undefined && response.status === 'OK') {
      if (this.#steps.length === 0) this.#end('reset failed');
      return;
    }
    const step = this.#steps.shift();
    const isExpected =
      response.kind === 'status' &&
      response.tag === step?.tag &&
      step?.accepts(response.status, response.code?.name);
    if (isExpected !== true) this.#end('reset failed');
  }

  onLinePart(): void {}

  onLiteral(): void {}

  #send(...commands: readonly [string, Step['accepts']][]): void {
    this.#steps = commands.map(([, accepts]) => ({ tag: this.#connection.nextTag(), accepts }));
    this.#connection.write(
      this.#steps.map(({ tag }, index) => `${tag} ${commands[index]?.[0]}\r\n`).join(''),
    );
  }

  #end(verdict: ResetVerdict): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#cancelDeadline();
    this.#done(verdict);
  }
}

function isOk(status: string): boolean {
  return status === 'OK';
}
