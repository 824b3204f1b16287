import { AnswerMemory } from '../../src/protocol/answer-memory.ts';
import type { PendingCommand } from '../../src/protocol/session-state.ts';
import { SessionState } from '../../src/protocol/session-state.ts';
import { CLEAN_VARIANT } from '../../src/protocol/variants.ts';
import { ResponseTap, type ResponseTapPort } from '../../src/session/response-tap.ts';
import { begin, questionIn } from './session-state-steps.ts';

/** What came of a server's octets. */
export interface ResponseTapOutcome {
  readonly received: string;
  /** Tags of the commands that were completed, and `+` for each continuation request, in order. */
  readonly told: readonly string[];
  readonly obstacle: string | undefined;
  readonly isQuiet: boolean;
  readonly isAtBoundary: boolean;
}

/** Runs a response tap for a client that has sent `commands`. */
export class ResponseTapRun implements ResponseTapPort {
  readonly memory = new AnswerMemory();
  readonly state = new SessionState(CLEAN_VARIANT, this.memory);
  readonly tap: ResponseTap;
  readonly #told: string[] = [];
  #received = '';

  constructor(commands: readonly string[] = []) {
    begin(this.state, ...commands);
    this.tap = new ResponseTap(this.state, this);
  }

  get outcome(): ResponseTapOutcome {
    return {
      received: this.#received,
      told: this.#told,
      obstacle: this.state.obstacle,
      isQuiet: this.state.isQuiet,
      isAtBoundary: this.tap.isAtBoundary,
    };
  }

  feed(chunk: Buffer): void {
    this.tap.feed(chunk);
  }

  /** What is remembered of `command`, asked on a connection of `variant`: untagged responses and completion. */
  recalled(command: string, variant: string = CLEAN_VARIANT): readonly [string, string] | undefined {
    const answer = this.memory.recall(variant, questionIn(command));
    return answer && [answer.untagged.toString('latin1'), answer.completion.toString('latin1')];
  }

  toClient(octets: Buffer): void {
    this.#received += octets.toString('latin1');
  }

  continued(): void {
    this.#told.push('+');
  }

  completed(command: PendingCommand): void {
    this.#told.push(command.tag);
  }
}
