/**
 * What one session has done to its server connection, and what is still unanswered: enough to tell
 * whether the connection can be brought back to how it was after login.
 *
 * @see RFC 9051 section 3 (states), section 5.5 (several commands in progress), RFC 7162 section 3.1
 */
import {
  AnswerMemory,
  type AnswerName,
  type Question,
  questionOf,
  type RememberedAnswer,
} from './answer-memory.ts';
import { type CommandEffect, effectOf, holdsCondstoreWord, mayRepeat } from './command-effects.ts';
import type { CommandHead } from './command-line.ts';
import { MAX_PENDING_COMMANDS } from './limits.ts';
import { equalsText } from './octets.ts';
import type { Status } from './response-line.ts';
import type { Tag } from './tag.ts';
import { CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant, isCondstoreAware } from './variants.ts';

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
  /** What it asks, where the answer may be remembered. */
  readonly question: Question | undefined;
  /** The variant of the connection before the command. */
  readonly askedAs: string;
  hasLiteral: boolean;
}

export class SessionState {
  readonly #pending: PendingCommand[] = [];
  #obstacle: ReuseObstacle | undefined;
  #variant: string;
  readonly #memory: AnswerMemory;
  /** Grows with each SELECT or EXAMINE; 0 = nothing was ever selected, or it was surely closed. */
  #selection = 0;
  #selectionsEver = 0;
  #mayRepeat = true;
  /** Pending commands with a question. */
  #asking = 0;

  /** Begins on a connection that carries `variant`; what its server answers goes into `memory`. */
  constructor(variant: string = CLEAN_VARIANT, memory: AnswerMemory = new AnswerMemory()) {
    this.#variant = variant;
    this.#memory = memory;
  }

  /** Whether every command has its tagged response. */
  get isQuiet(): boolean {
    return this.#pending.length === 0;
  }

  /** Whether `command` is pending, and no other. */
  isOnlyPending(command: PendingCommand): boolean {
    return this.#pending.length === 1 && this.#pending[0] === command;
  }

  /** Whether no further command should be begun before some of those that are pending are answered. */
  get isFull(): boolean {
    return this.#pending.length >= MAX_PENDING_COMMANDS;
  }

  /** Whether a command is pending whose answer may be remembered. */
  get isAsking(): boolean {
    return this.#asking > 0;
  }

  /** Whether a command is pending that `name` answers. */
  awaits(name: AnswerName): boolean {
    return this.#pending.some(({ question }) => question?.answeredBy === name);
  }

  /** Whether a mailbox may be open at the server. */
  get maySelect(): boolean {
    return this.#selection !== 0;
  }

  /** Whether everything so far may be sent once more, to another connection. */
  get mayRepeat(): boolean {
    return this.#mayRepeat && this.#obstacle === undefined;
  }

  /** Why the connection cannot be used again, as far as the conversation tells. */
  get obstacle(): ReuseObstacle | undefined {
    return this.#obstacle;
  }

  /** The state that the connection carries now. */
  get variant(): string {
    return this.#variant;
  }

  /** The first reason stays: it is the one to look for. But where only state would be left, the server may still be spoken to. */
  taint(obstacle: ReuseObstacle): void {
    if (this.#obstacle === undefined || this.#obstacle === 'lasting state') this.#obstacle = obstacle;
  }

  /** A command line goes to the server; `source` holds the line that `head` was read from. */
  begin(head: CommandHead, source: Buffer): PendingCommand {
    const effect = effectOf(head.name);
    const askedAs = this.#variant;
    if (!mayRepeat(head.name)) this.#mayRepeat = false;
    if (effect === 'unknown') this.taint('unknown command');
    if (effect === 'lasting' || effect === 'authenticates') this.taint('lasting state');
    if (effect === 'enables') this.#enable(source.toString('latin1', head.argumentsAt, head.end));
    else this.noteArguments(source, head.argumentsAt, head.end);
    if (effect === 'selects') {
      this.#selectionsEver += 1;
      this.#selection = this.#selectionsEver;
    }
    const command = {
      tag: head.tag,
      effect,
      selectionAtStart: this.#selectionsEver,
      question: questionOf(head, source),
      askedAs,
      hasLiteral: false,
    };
    this.#pending.push(command);
    if (command.question !== undefined) this.#asking += 1;
    return command;
  }

  /** More arguments of the command, from its first line or one that follows a literal. */
  noteArguments(source: Buffer, start: number, end: number): void {
    if (!holdsCondstoreWord(source, start, end) || isCondstoreAware(this.#variant)) return;
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
    if (command.question !== undefined) this.#asking -= 1;
    // Dovecot runs what should have been a literal as commands after some errors, and swallows it after others.
    if (status === 'BAD' && command.hasLiteral) this.taint('framing in doubt');
    if (command.effect === 'enables' && status !== 'OK') this.taint('lasting state');
    const isLastSelection = command.selectionAtStart === this.#selectionsEver;
    if (command.effect === 'deselects' && status === 'OK' && isLastSelection) this.#selection = 0;
    return command;
  }

  /** `command` was answered OK, and by these lines; a later session may be answered alike. */
  remember(command: PendingCommand, answer: RememberedAnswer): void {
    if (command.question !== undefined) this.#memory.remember(command.askedAs, command.question, answer);
  }

  #enable(args: string): void {
    // One ENABLE gives a variant that a later session can ask for by the same words; two do not.
    if (this.#variant !== CLEAN_VARIANT) this.taint('lasting state');
    this.#variant = enableVariant(args);
  }
}
