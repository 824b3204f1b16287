/**
 * Remembers what the SELECT of the mailbox that is open was answered with, for a client that selects it again and again
 * (classic `enable_select_cache`). The answer is only given once more after the server has confirmed that it would
 * say the same, and where it can: whatever might have changed what only SELECT tells is forgotten.
 */
import type { Counters } from '../observe/counters.ts';
import type { CommandHead } from '../protocol/command-line.ts';
import { contentEnd, RBRACE } from '../protocol/octets.ts';
import type { PendingCommand, SessionState } from '../protocol/session-state.ts';
import { isCondstoreAware } from '../protocol/variants.ts';
import type { SelectedMailbox } from '../upstream/select-check.ts';

/** Commands that neither change a mailbox nor tell of its flags, so that none of its news is lost on the way. */
const HARMLESS: ReadonlySet<string> = new Set([
  'CAPABILITY',
  'ID',
  'LIST',
  'LSUB',
  'NAMESPACE',
  'NOOP',
  'STATUS',
  'GETQUOTA',
  'GETQUOTAROOT',
]);

/** What those change, a count of changes shows; but SEARCH may save a result, which SELECT would drop. */
const COUNTED: ReadonlySet<string> = new Set(['CHECK', 'FETCH', 'STORE', 'UID FETCH', 'UID STORE']);

/** A name as an atom or a quoted string, and nothing behind it. */
const PLAIN_NAME = /^(?:[^\s(){}"%*\\]+|"[^"\\]*")$/;

/** Longest answer that is remembered, in octets. */
const MAX_ANSWER_OCTETS = 16 * 1024;

const CLOSED = /^\* OK \[CLOSED\][^\r\n]*\r\n/i;
const NEWS =
  /^\* (?:\d+ (?:EXISTS|EXPUNGE|RECENT|FETCH)|VANISHED|FLAGS|OK \[(?:PERMANENTFLAGS|HIGHESTMODSEQ))/i;

export class SelectCache {
  readonly #state: SessionState;
  readonly #counters: Counters;
  /** The SELECT under way, and what has come of its answer. */
  #recording: { readonly command: PendingCommand; readonly name: string; lines: string } | undefined;
  #remembered: SelectedMailbox | undefined;

  constructor(state: SessionState, counters: Counters) {
    this.#state = state;
    this.#counters = counters;
  }

  /** What the SELECT or EXAMINE `head` was answered with last, if it may be answered so again. */
  recall(head: CommandHead, source: Buffer): SelectedMailbox | undefined {
    const remembered = this.#remembered;
    const command = `${head.name} ${source.toString('latin1', head.argumentsAt, head.end)}`;
    return this.#state.isQuiet && remembered?.command === command ? remembered : undefined;
  }

  /** A SELECT or EXAMINE was answered from memory, or goes to the server. */
  count(isHit: boolean): void {
    this.#counters.selects += 1;
    if (isHit) this.#counters.selectHits += 1;
    else this.#counters.selectMisses += 1;
  }

  /** A command goes to the server. */
  begin(command: PendingCommand, head: CommandHead, source: Buffer): void {
    this.#recording = undefined;
    if (command.effect === 'selects') {
      this.count(false);
      this.#remembered = undefined;
      const name = source.toString('latin1', head.argumentsAt, head.end);
      const isAlone = this.#state.isOnlyPending(command);
      if (isAlone && PLAIN_NAME.test(name)) {
        this.#recording = { command, name: `${head.name} ${name}`, lines: '' };
      }
    } else if (!HARMLESS.has(head.name) && !(this.#isExact && COUNTED.has(head.name))) {
      this.#remembered = undefined;
    }
  }

  /** An untagged response, up to its first literal. */
  note(source: Buffer, start: number, end: number): void {
    const recording = this.#recording;
    if (recording === undefined) {
      if (
        this.#remembered !== undefined &&
        !this.#isExact &&
        NEWS.test(source.toString('latin1', start, end))
      ) {
        this.#remembered = undefined;
      }
      return;
    }
    recording.lines += source.toString('latin1', start, end);
    const isWhole = source[contentEnd(source, start, end) - 1] !== RBRACE;
    if (!isWhole || recording.lines.length > MAX_ANSWER_OCTETS) this.#recording = undefined;
  }

  /** `command` was answered, with `completion` behind its tag. */
  completed(command: PendingCommand, completion: string): void {
    const recording = this.#recording;
    if (recording?.command !== command) return;
    this.#recording = undefined;
    const { name, lines } = recording;
    // The first SELECT of a session closes no mailbox, and what is recent is so only once.
    if (!/^OK /i.test(completion) || !CLOSED.test(lines) || !/^\* 0 RECENT\r$/im.test(lines)) return;
    const isAware = isCondstoreAware(this.#state.variant);
    this.#remembered = mailboxOf(name, lines, completion, isAware);
  }

  /** Whether the server's count of changes shows every change there may be. */
  get #isExact(): boolean {
    return this.#remembered?.highestModseq !== undefined;
  }
}

/** Undefined where the answer tells what cannot be confirmed, or too little. */
function mailboxOf(
  command: string,
  untagged: string,
  completion: string,
  isAware: boolean,
): SelectedMailbox | undefined {
  const number = (pattern: RegExp): string | undefined => pattern.exec(untagged)?.[1];
  const messages = number(/^\* (\d+) EXISTS\r$/im);
  const uidNext = number(/^\* OK \[UIDNEXT (\d+)\]/im);
  const uidValidity = number(/^\* OK \[UIDVALIDITY (\d+)\]/im);
  const highestModseq = number(/^\* OK \[HIGHESTMODSEQ (\d+)\]/im);
  if (messages === undefined || uidNext === undefined || uidValidity === undefined) return undefined;
  // Asking for it would make a connection CONDSTORE-aware that is not (RFC 7162 section 3.1).
  if (highestModseq !== undefined && !isAware) return undefined;
  return { command, untagged, completion, messages, uidNext, uidValidity, highestModseq };
}
