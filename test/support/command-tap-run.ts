import type { CommandHead } from '../../src/protocol/command-line.ts';
import type { PendingCommand } from '../../src/protocol/session-state.ts';
import { SessionState } from '../../src/protocol/session-state.ts';
import { type Awaited, CommandTap, type CommandTapPort } from '../../src/session/command-tap.ts';
import { answer } from './session-state-steps.ts';

/** What the server says to a command that waits: a continuation request, or the command's tagged response. */
export type Reaction = '+' | 'OK' | 'NO' | 'BAD';

/** What came of a client's octets. */
export interface CommandTapOutcome {
  readonly sent: string;
  /** The part of it that was sent as secret. */
  readonly secret: string;
  /** What the tap asked for, in order, such as `literal a`, `idle b`, `confirm c`, `log out d`, `refuse e COMPRESS`. */
  readonly asked: readonly string[];
  readonly obstacle: string | undefined;
  readonly variant: string;
  readonly isAtBoundary: boolean;
  readonly isIdling: boolean;
}

/** Runs a command tap as the relay does, against a server that reacts from a list. */
export class CommandTapRun implements CommandTapPort {
  readonly state: SessionState;
  readonly tap: CommandTap;
  readonly #reactions: readonly Reaction[];
  readonly #asked: string[] = [];
  #sent = '';
  #secret = '';
  #reacted = 0;
  #awaited: { readonly what: Awaited; readonly command: PendingCommand } | undefined;
  #hasLeft = false;

  constructor(reactions: readonly Reaction[] = [], state: SessionState = new SessionState()) {
    this.state = state;
    this.#reactions = reactions;
    this.tap = new CommandTap(state, this);
  }

  get outcome(): CommandTapOutcome {
    return {
      sent: this.#sent,
      secret: this.#secret,
      asked: this.#asked,
      obstacle: this.state.obstacle,
      variant: this.state.variant,
      isAtBoundary: this.tap.isAtBoundary,
      isIdling: this.tap.isIdling,
    };
  }

  feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#hasLeft) {
      const asked = this.#asked.length;
      const wasDropping = this.tap.isDropping;
      const taken = this.tap.feed(chunk.subarray(at));
      at += taken;
      const hasReason = asked < this.#asked.length || (wasDropping && !this.tap.isDropping);
      if (at < chunk.length && !hasReason) throw new Error('the tap stopped for no reason');
      this.#react();
    }
  }

  toServer(octets: Buffer): void {
    this.#sent += octets.toString('latin1');
  }

  secretToServer(octets: Buffer): void {
    this.toServer(octets);
    this.#secret += octets.toString('latin1');
  }

  awaitContinuation(what: Awaited, command: PendingCommand): void {
    if (this.#awaited !== undefined) throw new Error('two commands wait for a continuation request');
    this.#asked.push(`${what} ${command.tag}`);
    this.#awaited = { what, command };
  }

  confirmSelect(tag: string): void {
    this.#asked.push(`confirm ${tag}`);
  }

  logOut(tag: string): void {
    this.#asked.push(`log out ${tag}`);
    this.#hasLeft = true;
  }

  refuse({ tag, name }: CommandHead): void {
    this.#asked.push(`refuse ${tag} ${name}`);
  }

  #react(): void {
    const awaited = this.#awaited;
    if (awaited === undefined) return;
    this.#awaited = undefined;
    const { what, command } = awaited;
    const reaction = this.#reactions[this.#reacted];
    this.#reacted += 1;
    if (reaction === undefined) throw new Error(`nobody reacts to ${what} ${command.tag}`);
    if (reaction === '+') {
      this.tap.proceed(what);
      return;
    }
    answer(this.state, `${command.tag} ${reaction}`);
    this.tap.completed(command);
    this.tap.giveUp(what);
  }
}
