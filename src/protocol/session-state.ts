/**
 * What one session has done to its server connection, and what is still unanswered: enough to tell
 * whether the connection can be brought back to how it was after login.
 *
 * @see RFC 9051 section 3 (states), section 5.5 (several commands in progress), RFC 7162 section 3.1
 */
import { type CommandEffect, effectOf, holdsCondstoreWord } from './command-effects.ts';
import type { CommandHead } from './command-line.ts';
import { MAX_PENDING_COMMANDS } from './limits.ts';
import { equalsText } from './octets.ts';
import type { Status } from './response-line.ts';
import type { Tag } from './tag.ts';

/** Why a connection cannot be given to another session. */
export type ReuseObstacle =
  /** A command that is not in the table of effects. */
  | 'unknown command'
  /** State that no command takes back. */
  | 'lasting state'
  /** Client, proxy and server may disagree where a command begins. */
  | 'framing in doubt'
  /** A tagged response, or a continuation request, that nobody waited for. */
  | 'stray response'
  /** The server announced the end. */
  | 'bye';

/** A command that was sent and has no tagged response yet. */
export interface PendingCommand {
  readonly tag: Tag;
  readonly effect: CommandEffect;
  readonly selectionAtStart: number;
  hasLiteral: boolean;
}

/** What an ENABLE was answered with, to answer the same ENABLE of a later session from memory. */
export interface EnableAnswer {
  /** The untagged responses, line endings included. */
  readonly untagged: Buffer;
  /** What stood behind the tag of the OK, line ending included: `OK Enabled (0.001 secs).` */
  readonly completion: Buffer;
}

/** The variant of a connection on which nothing was switched on. */
export const CLEAN_VARIANT = '';

/** The variant of a connection that a command's words made CONDSTORE-aware (RFC 7162 section 3.1). */
export const CONDSTORE_VARIANT = 'CONDSTORE by command';

/** The variant of a connection on which exactly the extensions `args` of an ENABLE were asked for. */
export function enableVariant(args: string): string {
  const words = args
    .toUpperCase()
    .split(' ')
    .filter((word) => word !== '');
  return `ENABLE ${[...new Set(words)].sort().join(' ')}`;
}

export class SessionState {
  readonly #pending: PendingCommand[] = [];
  #obstacle: ReuseObstacle | undefined;
  #variant: string;
  #enableAnswer: EnableAnswer | undefined;
  /** Whether the connection was taken because an ENABLE to come has been done on it before. */
  #isEnableInherited: boolean;
  /** Grows with each SELECT or EXAMINE; 0 = nothing was ever selected, or it was surely closed. */
  #selection = 0;
  #selectionsEver = 0;

  /** Begins on a connection that carries `variant`, and the answer to the ENABLE that made it so. */
  constructor(variant: string = CLEAN_VARIANT, enableAnswer?: EnableAnswer) {
    this.#variant = variant;
    this.#enableAnswer = enableAnswer;
    this.#isEnableInherited = enableAnswer !== undefined;
  }

  /** Whether every command has its tagged response. */
  get isQuiet(): boolean {
    return this.#pending.length === 0;
  }

  /** Whether no further command should be begun before some of those that are pending are answered. */
  get isFull(): boolean {
    return this.#pending.length >= MAX_PENDING_COMMANDS;
  }

  /** Whether an ENABLE waits for its tagged response. */
  get isEnabling(): boolean {
    return this.#pending.some(({ effect }) => effect === 'enables');
  }

  /** Whether a mailbox may be open at the server. */
  get maySelect(): boolean {
    return this.#selection !== 0;
  }

  /** Why the connection cannot be used again, as far as the conversation tells. */
  get obstacle(): ReuseObstacle | undefined {
    return this.#obstacle;
  }

  /** The state that the connection carries now. */
  get variant(): string {
    return this.#variant;
  }

  get enableAnswer(): EnableAnswer | undefined {
    return this.#enableAnswer;
  }

  /** The answer to the ENABLE `head` if this very ENABLE was done on the connection before the session; once. */
  takeInherited(head: CommandHead, source: Buffer): EnableAnswer | undefined {
    if (!this.#isEnableInherited || head.name !== 'ENABLE') return undefined;
    if (enableVariant(source.toString('latin1', head.argumentsAt, head.end)) !== this.#variant)
      return undefined;
    this.#isEnableInherited = false;
    return this.#enableAnswer;
  }

  /** The first reason stays: it is the one to look for. */
  taint(obstacle: ReuseObstacle): void {
    this.#obstacle ??= obstacle;
  }

  /** A command line goes to the server; `source` holds the line that `head` was read from. */
  begin(head: CommandHead, source: Buffer): PendingCommand {
    const effect = effectOf(head.name);
    if (effect === 'unknown') this.taint('unknown command');
    if (effect === 'lasting' || effect === 'authenticates') this.taint('lasting state');
    if (effect === 'enables') this.#enable(source.toString('latin1', head.argumentsAt, head.end));
    else this.noteArguments(source, head.argumentsAt, head.end);
    if (effect === 'selects') {
      this.#selectionsEver += 1;
      this.#selection = this.#selectionsEver;
    }
    const command = { tag: head.tag, effect, selectionAtStart: this.#selectionsEver, hasLiteral: false };
    this.#pending.push(command);
    return command;
  }

  /** More arguments of the command, from its first line or one that follows a literal. */
  noteArguments(source: Buffer, start: number, end: number): void {
    if (!holdsCondstoreWord(source, start, end) || this.#isCondstoreAware) return;
    if (this.#variant === CLEAN_VARIANT) this.#variant = CONDSTORE_VARIANT;
    else this.taint('lasting state');
  }

  /**
   * A tagged response has come, tag at `source[start..end)`. Returns the command that it completes; a
   * response that completes none leaves the connection unusable, because it may be forged or surplus.
   */
  complete(source: Buffer, start: number, end: number, status: Status): PendingCommand | undefined {
    const index = this.#pending.findIndex((command) => equalsText(source, start, end, command.tag));
    const command = this.#pending[index];
    if (command === undefined) {
      this.taint('stray response');
      return undefined;
    }
    this.#pending.splice(index, 1);
    // Dovecot runs what should have been a literal as commands after some errors, and swallows it after others.
    if (status === 'BAD' && command.hasLiteral) this.taint('framing in doubt');
    if (command.effect === 'enables' && status !== 'OK') this.taint('lasting state');
    const isLastSelection = command.selectionAtStart === this.#selectionsEver;
    if (command.effect === 'deselects' && status === 'OK' && isLastSelection) this.#selection = 0;
    return command;
  }

  /** The ENABLE of this session was answered; a later session's may be answered alike. */
  rememberEnable(answer: EnableAnswer): void {
    this.#enableAnswer = answer;
  }

  get #isCondstoreAware(): boolean {
    if (this.#variant === CONDSTORE_VARIANT) return true;
    const words = this.#variant.split(' ');
    return words.includes('CONDSTORE') || words.includes('QRESYNC');
  }

  #enable(args: string): void {
    // One ENABLE gives a variant that a later session can ask for by the same words; two do not.
    if (this.#variant !== CLEAN_VARIANT) this.taint('lasting state');
    this.#variant = enableVariant(args);
  }
}
