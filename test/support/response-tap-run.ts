import type { PendingCommand } from '../../src/protocol/session-state.ts';
import { SessionState } from '../../src/protocol/session-state.ts';
import { ResponseTap, type ResponseTapPort } from '../../src/session/response-tap.ts';
import { begin } from './session-state-steps.ts';

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
  readonly state = new SessionState();
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
