/** Follows the server's octets on their way to the client: which commands they complete, and what they may not say. */
import { LimitExceededError } from '../base/errors.ts';
import { filterCapabilityLine } from '../protocol/capability.ts';
import { Fragmenter, type FragmentSink } from '../protocol/fragmenter.ts';
import { MAX_HELD_RESPONSE_OCTETS, RESPONSE_HEAD_OCTETS } from '../protocol/limits.ts';
import { ASTERISK, contentEnd, PLUS, startsWithWord, wordEnd } from '../protocol/octets.ts';
import { statusAt } from '../protocol/response-line.ts';
import type { PendingCommand, SessionState } from '../protocol/session-state.ts';
import { AnswerCollector } from './answer-collector.ts';
import { ForwardRun } from './forward-run.ts';
import type { SelectCache } from './select-cache.ts';

/** What the tap tells the relay. */
export interface ResponseTapPort {
  toClient(octets: Buffer): void;
  /** A continuation request came. */
  continued(): void;
  /** `command` has its tagged response. */
  completed(command: PendingCommand): void;
}

const RULES = {
  direction: 'response',
  maxLineOctets: MAX_HELD_RESPONSE_OCTETS,
  longLines: 'stream',
} as const;

/** Where the first word of an untagged response begins. */
const AFTER_STAR = 2;

export class ResponseTap implements FragmentSink {
  readonly #state: SessionState;
  readonly #port: ResponseTapPort;
  readonly #fragmenter: Fragmenter = new Fragmenter(RULES, this);
  readonly #run: ForwardRun;
  readonly #selects: SelectCache | undefined;
  /** The beginning of a line too long to be held, whose end is still to come. */
  #longHead: Buffer | undefined;
  readonly #answers: AnswerCollector;

  /** @param selects where answers to SELECT are remembered. */
  constructor(state: SessionState, port: ResponseTapPort, selects?: SelectCache) {
    this.#state = state;
    this.#port = port;
    this.#selects = selects;
    this.#run = new ForwardRun((octets) => port.toClient(octets));
    this.#answers = new AnswerCollector(state);
  }

  /** Whether the server's last octets ended a response, so that the proxy may put in a word of its own. */
  get isAtBoundary(): boolean {
    return this.#fragmenter.isAtBoundary;
  }

  /** Forwards `chunk`. @throws LimitExceededError */
  feed(chunk: Buffer): void {
    try {
      this.#fragmenter.feed(chunk);
    } finally {
      this.#run.flush();
    }
  }

  onLine(source: Buffer, start: number, end: number): void {
    const longHead = this.#longHead;
    this.#longHead = undefined;
    if (longHead !== undefined) {
      this.#run.forward(source, start, end);
      this.#read(longHead, 0, longHead.length, false);
    } else if (this.#fragmenter.isContinued) {
      this.#run.forward(source, start, end);
    } else {
      this.#read(source, start, end, true);
    }
  }

  onLinePart(source: Buffer, start: number, end: number): void {
    // The first octets hold tag and status; nothing behind them matters, however long the line is.
    if (this.#longHead === undefined && !this.#fragmenter.isContinued) {
      const head = Buffer.from(source.subarray(start, Math.min(end, start + RESPONSE_HEAD_OCTETS)));
      if (listsCapabilities(head, 0, head.length)) {
        throw new LimitExceededError('capability list', MAX_HELD_RESPONSE_OCTETS);
      }
      this.#longHead = head;
      if (this.#state.isAsking) this.#answers.note(head, 0, head.length);
    }
    this.#run.forward(source, start, end);
  }

  onLiteral(source: Buffer, start: number, end: number): void {
    this.#run.forward(source, start, end);
  }

  /** Understands a response line, whole or by its first octets, and forwards it if that is still to be done. */
  #read(source: Buffer, start: number, end: number, isWhole: boolean): void {
    switch (source[start]) {
      case ASTERISK:
        this.#readUntagged(source, start, end, isWhole);
        return;
      case PLUS:
        if (isWhole) this.#run.forward(source, start, end);
        this.#port.continued();
        return;
      default:
        this.#readTagged(source, start, end, isWhole);
    }
  }

  #readUntagged(source: Buffer, start: number, end: number, isWhole: boolean): void {
    const word = start + AFTER_STAR;
    if (startsWithWord(source, word, end, 'BYE')) this.#state.taint('bye');
    this.#selects?.note(source, start, end);
    if (isWhole) this.#pass(source, start, end);
  }

  #readTagged(source: Buffer, start: number, end: number, isWhole: boolean): void {
    const tagEnd = wordEnd(source, start, end);
    const status = statusAt(source, tagEnd + 1, contentEnd(source, start, end));
    if (isWhole) this.#pass(source, start, end);
    if (status === undefined || status === 'BYE' || status === 'PREAUTH') {
      this.#state.taint('stray response');
      return;
    }
    const command = this.#state.complete(source, start, tagEnd, status);
    if (command === undefined) return;
    if (command.question !== undefined) {
      const isPlain = status === 'OK' && isWhole && !listsCapabilities(source, start, end);
      this.#answers.completed(command, isPlain ? copy(source, tagEnd + 1, end) : undefined);
    }
    this.#selects?.completed(command, source.toString('latin1', tagEnd + 1, end));
    this.#port.completed(command);
  }

  #pass(source: Buffer, start: number, end: number): void {
    const filtered = listsCapabilities(source, start, end)
      ? filterCapabilityLine(copy(source, start, end))
      : undefined;
    if (filtered === undefined) this.#run.forward(source, start, end);
    else this.#run.forward(filtered, 0, filtered.length);
    if (!this.#state.isAsking) return;
    if (filtered === undefined) this.#answers.note(source, start, end);
    else this.#answers.note(filtered, 0, filtered.length);
  }
}

/** Whether a line names capabilities, as data or right behind an OK, tagged or not. */
function listsCapabilities(source: Buffer, start: number, end: number): boolean {
  const word = wordEnd(source, start, end) + 1;
  return (
    startsWithWord(source, word, end, 'OK [CAPABILITY') ||
    (source[start] === ASTERISK && startsWithWord(source, word, end, 'CAPABILITY '))
  );
}

function copy(source: Buffer, start: number, end: number): Buffer {
  return Buffer.from(source.subarray(start, end));
}
