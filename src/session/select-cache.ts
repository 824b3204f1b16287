/**
 * Remembers what the SELECT of the INBOX that is open was answered with, for a client that selects it again and again
 * (classic `enable_select_cache`), where the server counts all changes (HIGHESTMODSEQ, RFC 7162) and so can
 * confirm that it would say the same. Whatever is not counted makes the answer be forgotten.
 */
import type { Counters } from '../observe/counters.ts';
import type { CommandHead } from '../protocol/command-line.ts';
import { SelectAnswer } from '../protocol/select-answer.ts';
import type { PendingCommand, SessionState } from '../protocol/session-state.ts';
import { CONDSTORE_VARIANT, isCondstoreAware } from '../protocol/variants.ts';
import type { SelectedMailbox } from '../upstream/select-check.ts';

/** What these change, a count of changes shows; but SEARCH may save a result, which SELECT would drop. */
const COUNTED: ReadonlySet<string> = new Set([
  'CAPABILITY',
  'CHECK',
  'FETCH',
  'GETQUOTA',
  'GETQUOTAROOT',
  'ID',
  'LIST',
  'LSUB',
  'NAMESPACE',
  'NOOP',
  'STATUS',
  'STORE',
  'UID FETCH',
  'UID STORE',
]);

/**
 * A mailbox of another name may be deleted or renamed, or its rights may change: asked in there, a server may end
 * the connection, where SELECT would have been refused.
 */
const INBOX = /^(?:INBOX|"INBOX")$/i;

/** News that the next SELECT would not tell again, or that a count does not tell. */
const NEWS = /^\* (?:\d+ (?:EXISTS|RECENT)|FLAGS|OK \[PERMANENTFLAGS)\b/i;

/** Octets of a response in which {@link NEWS} shows. */
const NEWS_OCTETS = 32;

const COMPLETION = /^OK \[READ-(?:ONLY|WRITE)\] [^\r\n]*\r\n$/i;

/** Longest answer that is remembered, in octets. */
const MAX_ANSWER_OCTETS = 16 * 1024;

export class SelectCache {
  readonly #state: SessionState;
  readonly #counters: Counters;
  /** The SELECT under way, and what has come of its answer. */
  #recording: { readonly command: PendingCommand; readonly text: string; lines: string } | undefined;
  #remembered: SelectedMailbox | undefined;

  constructor(state: SessionState, counters: Counters) {
    this.#state = state;
    this.#counters = counters;
  }

  /** What the SELECT or EXAMINE `head` was answered with last, if it may be answered so again. */
  recall(head: CommandHead, source: Buffer): SelectedMailbox | undefined {
    const mailbox = this.#remembered;
    const isSame = mailbox?.command === textOf(head, source);
    return isSame && this.#state.isQuiet && this.#isExact ? mailbox : undefined;
  }

  /** Whether `mailbox` is still what {@link recall} would return. */
  holds(mailbox: SelectedMailbox): boolean {
    return this.#remembered === mailbox;
  }

  /** The SELECT of `mailbox` was answered with `answer`, which the server has confirmed. */
  answered(mailbox: SelectedMailbox, answer: SelectAnswer): void {
    this.#counters.selects += 1;
    this.#counters.selectHits += 1;
    // What is recent now will not be so at the next SELECT.
    if (answer !== mailbox.answer) this.#remembered = undefined;
  }

  /** A command goes to the server. */
  begin(command: PendingCommand, head: CommandHead, source: Buffer): void {
    this.#recording = undefined;
    if (command.effect !== 'selects') {
      if (!COUNTED.has(head.name)) this.#remembered = undefined;
      return;
    }
    this.#counters.selects += 1;
    this.#counters.selectMisses += 1;
    this.#remembered = undefined;
    const isInbox = INBOX.test(source.toString('latin1', head.argumentsAt, head.end));
    if (isInbox && this.#state.isOnlyPending(command)) {
      this.#recording = { command, text: textOf(head, source), lines: '' };
    }
  }

  /** An untagged response, up to its first literal. */
  note(source: Buffer, start: number, end: number): void {
    const recording = this.#recording;
    if (recording !== undefined) {
      recording.lines += source.toString('latin1', start, end);
      if (recording.lines.length > MAX_ANSWER_OCTETS) this.#recording = undefined;
    } else if (this.#remembered !== undefined) {
      const text = source.toString('latin1', start, Math.min(end, start + NEWS_OCTETS));
      if (NEWS.test(text)) this.#remembered = undefined;
    }
  }

  /** `command` was answered, with `completion` behind its tag. */
  completed(command: PendingCommand, completion: string): void {
    const recording = this.#recording;
    if (recording?.command !== command) return;
    this.#recording = undefined;
    if (!COMPLETION.test(completion) || !this.#isExact) return;
    const answer = SelectAnswer.read(recording.lines);
    // What is recent is so only once.
    if (answer?.numberOf('RECENT') !== '0') return;
    this.#remembered = { command: recording.text, answer, completion };
  }

  /**
   * Whether the server may be asked for its count without a lasting effect: ENABLE has switched it on. Words that
   * the server has not understood as such may have made it look so otherwise.
   */
  get #isExact(): boolean {
    const { variant, obstacle } = this.#state;
    return obstacle === undefined && variant !== CONDSTORE_VARIANT && isCondstoreAware(variant);
  }
}

function textOf(head: CommandHead, source: Buffer): string {
  return `${head.name} ${source.toString('latin1', head.argumentsAt, head.end)}`;
}
