/** Picks the answers that can be remembered out of the responses that pass. */
import type { AnswerName } from '../protocol/answer-memory.ts';
import { ASTERISK, contentEnd, LF, RBRACE, startsWithWord } from '../protocol/octets.ts';
import type { PendingCommand, SessionState } from '../protocol/session-state.ts';

const NAMES: readonly AnswerName[] = ['CAPABILITY', 'ID', 'NAMESPACE', 'ENABLED'];

/** Where the first word of an untagged response begins. */
const AFTER_STAR = 2;

const NO_LINE: Buffer = Buffer.alloc(0);

export class AnswerCollector {
  readonly #state: SessionState;
  /** Untagged responses whose commands are not completed yet; undefined for one that goes on behind a literal. */
  readonly #lines = new Map<AnswerName, (Buffer | undefined)[]>();

  constructor(state: SessionState) {
    this.#state = state;
  }

  /**
   * An untagged response as the client sees it, up to its first literal; or only the beginning of one that is too long to
   * be held.
   */
  note(line: Buffer, start: number, end: number): void {
    if (line[start] !== ASTERISK) return;
    const name = NAMES.find((word) => startsWithWord(line, start + AFTER_STAR, end, word));
    if (name === undefined || !this.#state.awaits(name)) return;
    const lines = this.#lines.get(name) ?? [];
    // One answers the question; more do not, however many.
    if (lines.length > 1) return;
    const isWhole = line[end - 1] === LF && line[contentEnd(line, start, end) - 1] !== RBRACE;
    lines.push(isWhole ? Buffer.from(line.subarray(start, end)) : undefined);
    this.#lines.set(name, lines);
  }

  /**
   * `command` was answered, with `completion` behind its tag; undefined when that was not OK, or can not be given again.
   * What has no answer that can be told from others is not remembered.
   */
  completed(command: PendingCommand, completion: Buffer | undefined): void {
    const name = command.question?.answeredBy;
    if (name === undefined) return;
    const [line, ...others] = this.#lines.get(name) ?? [NO_LINE];
    this.#lines.delete(name);
    // An ENABLE of nothing that the server knows may be answered by its OK alone.
    const isComplete = others.length === 0 && (line !== NO_LINE || name === 'ENABLED');
    if (completion !== undefined && line !== undefined && isComplete && !command.hasLiteral) {
      this.#state.remember(command, { untagged: line, completion });
    } else if (name === 'ENABLED') {
      this.#state.taint('lasting state');
    }
  }
}
