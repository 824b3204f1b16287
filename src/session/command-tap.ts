/** Follows a logged-in client's octets on their way to the server, and holds back what must not go there. */
import { effectOf } from '../protocol/command-effects.ts';
import { type CommandHead, parseCommandHead } from '../protocol/command-line.ts';
import { Fragmenter, type FragmentSink } from '../protocol/fragmenter.ts';
import { MAX_COMMAND_LINE_OCTETS } from '../protocol/limits.ts';
import type { LiteralMarker } from '../protocol/literal-marker.ts';
import type { PendingCommand, SessionState } from '../protocol/session-state.ts';
import type { SelectedMailbox } from '../upstream/select-check.ts';
import { ForwardRun } from './forward-run.ts';
import type { SelectCache } from './select-cache.ts';

/** What a command waits for before the client's next octets may be understood. */
export type Awaited = 'literal' | 'idle' | 'challenge';

/** What the tap asks of the relay. */
export interface CommandTapPort {
  toServer(octets: Buffer): void;
  /** The same, for octets that hold credentials. */
  secretToServer(octets: Buffer): void;
  /** `command` has gone out and waits for a continuation request; the tap takes nothing until then. */
  awaitContinuation(awaited: Awaited, command: PendingCommand): void;
  /** The SELECT `line` may be answered like this, if the server confirms it; the tap takes nothing until then. */
  confirmSelect(tag: string, line: Buffer, mailbox: SelectedMailbox): void;
  /** The client wants to leave; the tap takes nothing more. */
  logOut(tag: string): void;
  /** A command that must not reach the server, to be answered in its turn; the tap takes nothing until then. */
  refuse(head: CommandHead): void;
}

/** What the next line is: a command, or data for a command that has asked for it. */
type Expecting = 'command' | 'done' | 'response';

const RULES = { direction: 'command', maxLineOctets: MAX_COMMAND_LINE_OCTETS, longLines: 'refuse' } as const;

export class CommandTap implements FragmentSink {
  readonly #state: SessionState;
  readonly #port: CommandTapPort;
  readonly #fragmenter: Fragmenter = new Fragmenter(RULES, this);
  readonly #run: ForwardRun;
  readonly #selects: SelectCache | undefined;
  #expecting: Expecting = 'command';
  #command: PendingCommand | undefined;
  /** Whether {@link CommandTap.#command} has its tagged response, although not all of it may have been sent. */
  #isAnswered = false;
  /** A refused command whose literal comes all the same; it is read and dropped. */
  #isDropping = false;
  /** The command now passing holds credentials in its arguments or its data. */
  #isSecret = false;

  /** @param selects where a SELECT may be answered from memory. */
  constructor(state: SessionState, port: CommandTapPort, selects?: SelectCache) {
    this.#state = state;
    this.#port = port;
    this.#selects = selects;
    this.#run = new ForwardRun((octets) => port.toServer(octets));
  }

  /** Whether the client's last octets ended a command. */
  get isAtBoundary(): boolean {
    return this.#fragmenter.isAtBoundary && this.#expecting === 'command';
  }

  /** Whether data of a refused command are still to come, and to be dropped. */
  get isDropping(): boolean {
    return this.#isDropping;
  }

  /** Whether an IDLE is running, which only a line of the client ends. */
  get isIdling(): boolean {
    return this.#expecting === 'done';
  }

  /**
   * Forwards what may be forwarded of `chunk` and returns the offset of the first octet not taken.
   *
   * @throws LimitExceededError
   */
  feed(chunk: Buffer): number {
    try {
      return this.#fragmenter.feed(chunk);
    } finally {
      this.#run.flush();
    }
  }

  /** The continuation request has come. */
  proceed(awaited: Awaited): void {
    if (awaited === 'literal') this.#fragmenter.acceptLiteral();
    else this.#expecting = awaited === 'idle' ? 'done' : 'response';
  }

  /** The command that waited was completed instead: what follows is a new command. */
  giveUp(awaited: Awaited): void {
    if (awaited === 'literal') this.#fragmenter.refuseLiteral();
    this.#expecting = 'command';
  }

  /** `command` was completed; if its data were being read, that is over. */
  completed(command: PendingCommand): void {
    if (command === this.#command) this.#isAnswered = true;
    if (command === this.#command && this.#expecting !== 'command') this.#expecting = 'command';
  }

  /** The line that ends an IDLE, sent for a client that has gone. */
  sendDone(): void {
    this.#expecting = 'command';
    this.#port.toServer(Buffer.from('DONE\r\n'));
  }

  /** The server has not confirmed the answer to the SELECT `line`: it goes there itself. */
  passSelect(line: Buffer): void {
    const head = parseCommandHead(line, 0, line.length);
    if (head !== undefined) this.#passAllowed(head, line, 0, line.length, undefined);
    this.#run.flush();
  }

  onLine(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {
    if (this.#isDropping) this.#dropOn(marker);
    else if (this.#expecting !== 'command') this.#passData(source, start, end, marker);
    else if (this.#fragmenter.isContinued) this.#passArguments(source, start, end, marker);
    else this.#passCommand(source, start, end, marker);
  }

  onLinePart(): void {}

  onLiteral(source: Buffer, start: number, end: number): void {
    if (!this.#isDropping) this.#forward(source, start, end);
  }

  #forward(source: Buffer, start: number, end: number): void {
    if (!this.#isSecret) {
      this.#run.forward(source, start, end);
      return;
    }
    this.#run.flush();
    this.#port.secretToServer(source.subarray(start, end));
  }

  #passCommand(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {
    const head = parseCommandHead(source, start, end);
    this.#isSecret = head?.name === 'LOGIN' || head?.name === 'AUTHENTICATE';
    if (head === undefined) {
      this.#passJunk(source, start, end, marker);
      return;
    }
    switch (effectOf(head.name)) {
      case 'logs out':
        this.#fragmenter.stop();
        this.#port.logOut(head.tag);
        return;
      case 'refused':
        this.#drop(marker);
        this.#fragmenter.stop();
        this.#port.refuse(head);
        return;
      case 'selects':
        if (marker === undefined && this.#confirmSelect(head, source, start, end)) return;
        this.#passAllowed(head, source, start, end, marker);
        return;
      default:
        this.#passAllowed(head, source, start, end, marker);
    }
  }

  #confirmSelect(head: CommandHead, source: Buffer, start: number, end: number): boolean {
    const mailbox = this.#selects?.recall(head, source);
    if (mailbox === undefined) return false;
    this.#fragmenter.stop();
    this.#port.confirmSelect(head.tag, Buffer.from(source.subarray(start, end)), mailbox);
    return true;
  }

  #passAllowed(
    head: CommandHead,
    source: Buffer,
    start: number,
    end: number,
    marker: LiteralMarker | undefined,
  ): void {
    this.#forward(source, start, end);
    this.#command = this.#state.begin(head, source);
    this.#isAnswered = false;
    this.#selects?.begin(this.#command, head, source);
    if (this.#state.isFull) this.#fragmenter.stop();
    this.#await(this.#command, marker);
  }

  #await(command: PendingCommand, marker: LiteralMarker | undefined): void {
    if (marker !== undefined) {
      // What was asked for by the literal cannot be asked for again by the same line; an IDLE takes none.
      if (command.effect === 'enables') this.#state.taint('lasting state');
      if (command.effect === 'idles') this.#state.taint('framing in doubt');
      command.hasLiteral = true;
      if (marker.isSynchronizing) this.#port.awaitContinuation('literal', command);
    } else if (command.effect === 'idles' || command.effect === 'authenticates') {
      this.#fragmenter.stop();
      this.#port.awaitContinuation(command.effect === 'idles' ? 'idle' : 'challenge', command);
    }
  }

  #passArguments(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {
    this.#forward(source, start, end);
    this.#state.noteArguments(source, start, end);
    if (this.#command === undefined || this.#isAnswered) this.#state.taint('framing in doubt');
    if (marker?.isSynchronizing !== true) return;
    // What is over asks for no more; a server takes what follows for a command.
    if (this.#command === undefined || this.#isAnswered) this.#fragmenter.refuseLiteral();
    else this.#port.awaitContinuation('literal', this.#command);
  }

  /** One line for an IDLE or a challenge, whatever it says. */
  #passData(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {
    this.#forward(source, start, end);
    const isChallenge = this.#expecting === 'response';
    this.#expecting = 'command';
    if (marker !== undefined) {
      this.#state.taint('framing in doubt');
      this.#fragmenter.ignoreMarker();
    }
    if (!isChallenge || this.#command === undefined) return;
    this.#fragmenter.stop();
    this.#port.awaitContinuation('challenge', this.#command);
  }

  /** No tagged response will come for such a line, so nobody may wait for one. */
  #passJunk(source: Buffer, start: number, end: number, marker: LiteralMarker | undefined): void {
    this.#state.taint('framing in doubt');
    this.#forward(source, start, end);
    this.#command = undefined;
    if (marker?.isSynchronizing === true) this.#fragmenter.refuseLiteral();
  }

  #dropOn(marker: LiteralMarker | undefined): void {
    this.#drop(marker);
    if (!this.#isDropping) this.#fragmenter.stop();
  }

  #drop(marker: LiteralMarker | undefined): void {
    this.#isDropping = marker !== undefined && !marker.isSynchronizing;
    if (marker?.isSynchronizing === true) this.#fragmenter.refuseLiteral();
  }
}
