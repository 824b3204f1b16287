/** A logged-in client and its leased server connection: octets flow through, two taps follow them. */
import type { Clock } from '../base/clock.ts';
import { LimitExceededError } from '../base/errors.ts';
import type { SessionTrace } from '../observe/protocol-trace.ts';
import type { CommandHead } from '../protocol/command-line.ts';
import { startsWithWord } from '../protocol/octets.ts';
import type { PendingCommand, SessionState } from '../protocol/session-state.ts';
import type { CloseReason } from '../upstream/close-reason.ts';
import { checkSelect, type SelectedMailbox } from '../upstream/select-check.ts';
import type { UpstreamReader } from '../upstream/upstream-connection.ts';
import type { UpstreamLease, UpstreamPool } from '../upstream/upstream-pool.ts';
import { type Awaited, CommandTap, type CommandTapPort } from './command-tap.ts';
import { Drain } from './drain.ts';
import type { RelayClient, RelayParts } from './relay-parts.ts';
import { bye, loggedOut, refused } from './replies.ts';
import { ResponseTap, type ResponseTapPort } from './response-tap.ts';
import { SelectCache } from './select-cache.ts';
import type { EndReason } from './session-phase.ts';
import { Unanswered } from './unanswered.ts';

export class Relay implements UpstreamReader, CommandTapPort, ResponseTapPort {
  readonly #client: RelayClient;
  readonly #lease: UpstreamLease;
  readonly #upstreams: UpstreamPool;
  readonly #clock: Clock;
  readonly #trace: SessionTrace | undefined;
  readonly #state: SessionState;
  readonly #commands: CommandTap;
  readonly #responses: ResponseTap;
  readonly #selects: SelectCache | undefined;
  /** The server is asked whether a SELECT may be answered from memory. */
  #isConfirming = false;
  #awaited: { readonly what: Awaited; readonly command: PendingCommand } | undefined;
  /** Done as soon as every command is answered and the server stands between two responses. */
  #barrier: (() => void) | undefined;
  #mustAdvance = false;
  #isUpstreamFull = false;
  #isClientFull = false;
  #isClientGone = false;
  readonly #drain: Drain;
  /** What may still have to be put to another connection. */
  #unanswered: Unanswered | undefined;
  #isOver = false;

  constructor(client: RelayClient, parts: RelayParts) {
    const { lease, state, upstreams, clock, trace, mayBeDead, selectCounters: counters } = parts;
    this.#client = client;
    this.#lease = lease;
    this.#state = state;
    this.#upstreams = upstreams;
    this.#clock = clock;
    this.#trace = trace;
    this.#drain = new Drain(clock, () => this.#abort('drain limit', 'drain limit'));
    if (mayBeDead) this.#unanswered = new Unanswered();
    const selects = counters === undefined ? undefined : new SelectCache(state, counters);
    this.#selects = selects;
    this.#commands = new CommandTap(state, this, selects);
    this.#responses = new ResponseTap(state, this, selects);
    lease.value.attach(this);
  }

  /** Whether {@link feed} would take nothing now. */
  get isBlocked(): boolean {
    const isWaiting = this.#awaited !== undefined || this.#barrier !== undefined || this.#isConfirming;
    return isWaiting || this.#state.isFull || this.#isOver;
  }

  /** Whether the client should not be read: the server takes no more, or the client does not read the proxy's own replies. */
  get isFull(): boolean {
    return this.#isUpstreamFull || this.#isClientFull;
  }

  /** Takes octets of the client and returns the offset of the first not taken. */
  feed(chunk: Buffer): number {
    if (this.isBlocked) return 0;
    try {
      // Data of a refused command would be commands to another connection.
      const isForNobody = this.#commands.isDropping;
      const taken = this.#commands.feed(chunk);
      if (!isForNobody) this.#noteUnanswered(chunk.subarray(0, taken));
      this.#settle();
      return taken;
    } catch (error) {
      if (!(error instanceof LimitExceededError)) throw error;
      this.#abortWithBye('size limit', 'size limit', 'TOOBIG', error.message);
      return chunk.length;
    }
  }

  /** The client's socket takes more. */
  clientDrained(): void {
    this.#isClientFull = false;
    this.#lease.value.resume();
  }

  /**
   * The client sends nothing more and everything it sent was fed, except what {@link isBlocked} holds up;
   * to be called again after each {@link RelayClient.advance}.
   */
  noMoreInput(): void {
    if (this.#isOver) return;
    this.#drain.begin();
    if (this.isBlocked) return;
    if (this.#commands.isIdling) {
      // A server just ends there; the end of the IDLE is for nobody.
      this.#isClientGone = true;
      this.#drain.clientGone();
      this.#commands.sendDone();
    }
    if (!this.#commands.isAtBoundary) {
      this.#abort('client gone mid-command', 'client closed');
      return;
    }
    this.#barrier = () => this.#end('client closed');
    this.#settle();
  }

  /** Nobody is there any more to be written to. */
  clientGone(): void {
    if (this.#isOver) return;
    this.#isClientGone = true;
    this.#drain.clientGone();
    this.#lease.value.resume();
    this.noMoreInput();
  }

  /** Ends the session with a BYE, if the server stands between two responses, and the connection with it. */
  abortWithBye(reason: EndReason, text: string): void {
    this.#abortWithBye(reason === 'shutdown' ? 'drain limit' : 'client timeout', reason, 'UNAVAILABLE', text);
  }

  /** Ends both sides at once: nothing is known any more of where they stand. */
  abandon(): void {
    this.#abort('internal error', 'internal error');
  }

  onData(chunk: Buffer): void {
    const wasFull = this.#state.isFull;
    if (this.#unanswered !== undefined && isFarewell(chunk)) {
      this.onClosed();
      return;
    }
    if (this.#unanswered !== undefined) this.#answered();
    this.#drain.heard();
    try {
      this.#responses.feed(chunk);
    } catch (error) {
      if (error instanceof LimitExceededError) this.#abort('size limit', 'upstream ended');
      else this.#client.failed(error);
      return;
    }
    if (wasFull && !this.#state.isFull) this.#mustAdvance = true;
    this.#settle();
  }

  onClosed(): void {
    const unanswered = this.#unanswered;
    if (unanswered === undefined || this.#isClientGone) {
      this.#abort('closed by server', 'upstream ended');
    } else if (this.#finish()) {
      this.#lease.discard('closed by server');
      this.#client.lost(unanswered.octets);
    }
  }

  onDrain(): void {
    this.#isUpstreamFull = false;
    this.#client.advance();
  }

  secretToServer(octets: Buffer): void {
    this.#trace?.masked(octets.length);
    this.#send(octets);
  }

  toServer(octets: Buffer): void {
    this.#trace?.client(octets);
    this.#send(octets);
  }

  #send(octets: Buffer): void {
    if (!this.#lease.value.write(octets)) this.#isUpstreamFull = true;
  }

  toClient(octets: Buffer): void {
    this.#trace?.server(octets);
    if (this.#isClientGone) this.#drain.dropped(octets.length);
    else if (!this.#client.write(octets)) this.#lease.value.pause();
  }

  awaitContinuation(what: Awaited, command: PendingCommand): void {
    this.#awaited = { what, command };
  }

  continued(): void {
    const awaited = this.#awaited;
    if (awaited === undefined) {
      this.#state.taint('stray response');
      return;
    }
    this.#awaited = undefined;
    this.#commands.proceed(awaited.what);
    this.#mustAdvance = true;
  }

  completed(command: PendingCommand): void {
    this.#commands.completed(command);
    const awaited = this.#awaited;
    if (awaited?.command !== command) return;
    this.#awaited = undefined;
    this.#commands.giveUp(awaited.what);
    this.#mustAdvance = true;
  }

  logOut(tag: string): void {
    this.#drain.begin();
    this.#barrier = () => {
      this.#client.write(loggedOut(tag));
      this.#end('logout');
    };
  }

  refuse(head: CommandHead): void {
    this.#barrier = () => {
      this.#reply(refused(head.tag, head.name));
    };
  }

  confirmSelect(tag: string, line: Buffer, mailbox: SelectedMailbox): void {
    this.#barrier = () => {
      this.#confirmSelect(tag, line, mailbox).catch((error: unknown) => this.#client.failed(error));
    };
  }

  async #confirmSelect(tag: string, line: Buffer, mailbox: SelectedMailbox): Promise<void> {
    // What the server has said since then may have been news.
    if (this.#selects?.holds(mailbox) !== true) {
      this.#passSelect(line);
      return;
    }
    this.#isConfirming = true;
    const { value: connection } = this.#lease;
    const { answer, notices, obstacle } = await checkSelect(connection, mailbox, this.#clock);
    this.#isConfirming = false;
    if (this.#isOver) return;
    if (obstacle !== undefined) this.#state.taint(obstacle);
    if (notices !== '') this.#reply(Buffer.from(notices, 'latin1'));
    if (connection.isClosed) {
      this.#abort('closed by server', 'upstream ended');
      return;
    }
    connection.attach(this);
    if (answer === undefined) {
      this.#passSelect(line);
    } else {
      this.#selects.answered(mailbox, answer);
      this.#reply(Buffer.from(`${answer.text}${tag} ${mailbox.completion}`, 'latin1'));
    }
    this.#settle();
  }

  #passSelect(line: Buffer): void {
    this.#commands.passSelect(line);
    this.#mustAdvance = true;
  }

  /** A word of the proxy's own; a client that does not read them gets no further. */
  #reply(octets: Buffer | string): void {
    this.#unanswered?.clear();
    if (!this.#client.write(octets)) this.#isClientFull = true;
    this.#mustAdvance = true;
  }

  #noteUnanswered(octets: Buffer): void {
    if (this.#unanswered === undefined) return;
    if (!this.#state.mayRepeat || !this.#unanswered.note(octets)) this.#answered();
  }

  #answered(): void {
    this.#unanswered = undefined;
    this.#client.answered();
  }

  /** Does what had to wait for the end of a chunk. */
  #settle(): void {
    const barrier = this.#barrier;
    if (barrier !== undefined && !this.#isOver && this.#state.isQuiet && this.#responses.isAtBoundary) {
      this.#barrier = undefined;
      barrier();
    }
    if (!this.#mustAdvance || this.#isOver) return;
    this.#mustAdvance = false;
    this.#client.advance();
  }

  #end(reason: EndReason): void {
    if (!this.#finish()) return;
    this.#client.finish(reason);
    this.#upstreams.release(this.#lease, this.#state);
  }

  #abortWithBye(reason: CloseReason, ended: EndReason, code: string, text: string): void {
    if (!this.#isOver && this.#responses.isAtBoundary) this.#client.write(bye(code, text));
    this.#abort(reason, ended);
  }

  #abort(reason: CloseReason, ended: EndReason): void {
    if (!this.#finish()) return;
    this.#lease.discard(reason);
    this.#client.finish(ended);
  }

  /** True the first time. */
  #finish(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#drain.stop();
    return true;
  }
}

/** A parked connection that the server has ended says so first, and that answers nothing. */
function isFarewell(chunk: Buffer): boolean {
  return startsWithWord(chunk, 0, chunk.length, '* BYE ');
}
