/** One client's session, from greeting to end: which phase it is in, and how it comes to the next. */
import type { Socket } from 'node:net';
import { assertNever } from '../base/assert-never.ts';
import { InvariantError } from '../base/errors.ts';
import { SessionState } from '../protocol/session-state.ts';
import { actingUser, type Credentials } from '../upstream/credentials.ts';
import type { UpstreamLease } from '../upstream/upstream-pool.ts';
import { answerAdmin } from './admin-commands.ts';
import { ClientConnection, type InputTaker } from './client-connection.ts';
import { type GrantedLogin, LoginDesk } from './login-desk.ts';
import { describeRefusal, UNAVAILABLE_TEXT } from './login-refusal.ts';
import { PreLogin, type PreLoginPort } from './pre-login.ts';
import { Relay, type RelayClient } from './relay.ts';
import { bye, loggedOut } from './replies.ts';
import { ReservedLogin } from './reserved-login.ts';
import type { SessionContext } from './session-context.ts';
import type { EndReason, Phase } from './session-phase.ts';
import type { FirstCommand } from './wanted-variants.ts';

let lastId = 0;

export class ClientSession implements InputTaker, PreLoginPort, RelayClient {
  /** Unique in this process; in the log as `session`. */
  readonly id: number;
  readonly #context: SessionContext;
  readonly #client: ClientConnection;
  readonly #desk: LoginDesk;
  /** Who this is, in log lines. */
  readonly #names: { readonly session: number; readonly client: string };
  readonly #onClosed: (session: ClientSession) => void;
  readonly #startedAt: number;
  /** Who has logged in, in log lines. */
  #user: { readonly user: string; upstream: number | undefined } | undefined;
  #phase: Phase;

  /** Greets the client on `socket` and serves it until it is gone; `onClosed` is told then, once. */
  constructor(socket: Socket, context: SessionContext, onClosed: (session: ClientSession) => void) {
    lastId += 1;
    this.id = lastId;
    this.#context = context;
    this.#onClosed = onClosed;
    this.#startedAt = context.clock.now();
    this.#phase = { name: 'unauthenticated', preLogin: new PreLogin(this) };
    this.#client = new ClientConnection(socket, this, context.clock);
    this.#names = { session: this.id, client: this.#client.peer };
    this.#desk = new LoginDesk(context, this.#names);
    this.#client.write(context.profile.greeting);
  }

  get capabilityLine(): string {
    return this.#context.profile.capabilityLine;
  }

  get serverId(): string {
    return this.#context.profile.id;
  }

  administer(tag: string, name: string, argument: string | undefined): string | undefined {
    const { administration, isAdmin } = this.#context;
    if (administration === undefined || !isAdmin(this.#client.address)) return undefined;
    return answerAdmin(tag, name, argument, administration);
  }

  get isBlocked(): boolean {
    // The first command decides about the connection, and for that it must be whole.
    return this.#phase.name !== 'reserved';
  }

  get isFull(): boolean {
    return this.#phase.name === 'relaying' ? this.#phase.relay.isFull : this.#client.needsDrain;
  }

  /** Ends a session that has been waiting for its client for too long; called by the one coarse clock. */
  sweep(nowMs: number): void {
    const { loginTimeoutMs, idleTimeoutMs } = this.#context;
    switch (this.#phase.name) {
      case 'unauthenticated':
      case 'logging in':
        if (nowMs - this.#startedAt > loginTimeoutMs)
          this.#endWithBye('login timeout', 'Disconnected for inactivity');
        return;
      case 'reserved':
      case 'binding':
      case 'relaying':
        if (nowMs - this.#client.activeAt > idleTimeoutMs) {
          this.#endWithBye('idle timeout', 'Disconnected for inactivity');
        }
        return;
      case 'ended':
        this.#client.sweep(nowMs);
        return;
      default:
        assertNever(this.#phase);
    }
  }

  /** The proxy is stopping: ends the session at once, or with `isPatient` only if nothing can be lost by it. */
  shutDown(isPatient: boolean): void {
    if (isPatient && this.#phase.name === 'relaying') return;
    if (!isPatient) this.#client.hurry();
    this.#endWithBye('shutdown', 'Proxy is shutting down');
  }

  write(octets: Buffer | string): boolean {
    return this.#client.write(octets);
  }

  reply(text: string): void {
    this.#client.write(text);
  }

  advance(): void {
    this.#client.advance();
  }

  take(octets: Buffer): number {
    const phase = this.#phase;
    switch (phase.name) {
      case 'unauthenticated':
        return phase.preLogin.feed(octets);
      case 'reserved':
        return this.#bind(phase.login, octets);
      case 'relaying':
        return phase.relay.feed(octets);
      case 'logging in':
      case 'binding':
        return 0;
      case 'ended':
        return octets.length;
      default:
        return assertNever(phase);
    }
  }

  inputEnded(): void {
    switch (this.#phase.name) {
      case 'unauthenticated':
      case 'reserved':
        this.leave('client closed');
        return;
      case 'relaying':
        this.#phase.relay.noMoreInput();
        return;
      case 'logging in':
      case 'binding':
      case 'ended':
        return;
      default:
        assertNever(this.#phase);
    }
  }

  drained(): void {
    if (this.#phase.name === 'relaying') this.#phase.relay.clientDrained();
  }

  closed(): void {
    if (this.#phase.name === 'relaying') this.#phase.relay.clientGone();
    else this.#end('client closed');
    this.#onClosed(this);
  }

  failed(error: unknown): void {
    const stack = error instanceof Error ? error.stack : String(error);
    this.#context.log.error({ ...this.#names, error: stack }, 'session failed');
    if (this.#phase.name === 'relaying') this.#phase.relay.abandon();
    this.#end('internal error');
  }

  leave(reason: EndReason): void {
    this.#end(reason);
  }

  finish(reason: EndReason): void {
    this.#end(reason);
  }

  logIn(tag: string, given: Credentials): void {
    let credentials: Credentials;
    try {
      credentials = this.#desk.admit(given);
    } catch (error) {
      this.#refuse(tag, given, error);
      return;
    }
    const login = this.#desk.reserve(credentials);
    if (login === undefined) void this.#openFor(tag, credentials);
    else this.#welcome(tag, credentials, login);
  }

  /** Asks the pool, or the server, for a connection; whatever comes of it is the answer to `tag`. */
  async #openFor(tag: string, credentials: Credentials): Promise<void> {
    const before = this.#phase;
    if (before.name !== 'unauthenticated') throw new InvariantError(`login while ${before.name}`);
    const cancel = new AbortController();
    const phase = this.#enter({ name: 'logging in', cancel });
    try {
      const granted = await this.#desk.open(credentials, cancel.signal);
      if (this.#phase !== phase) {
        this.#desk.giveBack(granted);
        return;
      }
      this.#enter(before);
      this.#welcome(tag, credentials, granted);
    } catch (error) {
      credentials.password.wipe();
      if (this.#phase !== phase) return;
      this.#enter(before);
      this.#refuse(tag, credentials, error);
    }
    this.#client.advance();
  }

  #welcome(tag: string, credentials: Credentials, granted: GrantedLogin): void {
    const form =
      this.#phase.name === 'unauthenticated' ? this.#phase.preLogin.capabilityForm : 'response code';
    this.#client.write(this.#desk.welcome(tag, credentials, granted, form));
    this.#user = { user: actingUser(credentials), upstream: undefined };
    if (granted instanceof ReservedLogin) this.#enter({ name: 'reserved', login: granted });
    else this.#startRelay(granted);
  }

  #refuse(tag: string, credentials: Credentials, error: unknown): void {
    const { reply, isFinal } = this.#desk.refuse(tag, credentials, error);
    this.#client.write(reply);
    if (isFinal) this.#end('no connection');
  }

  /** Picks the connection that the first command asks for, once that command is there. */
  #bind(login: ReservedLogin, octets: Buffer): number {
    const first = login.readFirst(octets);
    if (first === undefined) return 0;
    if (first.name === 'LOGOUT' && first.tag !== undefined) {
      this.#client.write(loggedOut(first.tag));
      this.#end('logout');
      return octets.length;
    }
    const lease = login.claim(first);
    if (lease === undefined) {
      void this.#openFirst(login, first);
      return 0;
    }
    this.#startRelay(lease);
    return this.take(octets);
  }

  /** None that is parked fits. */
  async #openFirst(login: ReservedLogin, first: FirstCommand): Promise<void> {
    const cancel = new AbortController();
    const phase = this.#enter({ name: 'binding', cancel });
    try {
      const { lease, isNew } = await login.open(first, cancel.signal);
      if (isNew) this.#context.counters.reuseFailed();
      if (this.#phase === phase) this.#startRelay(lease);
      else this.#desk.giveBack(lease);
    } catch (error) {
      if (this.#phase !== phase) return;
      const { cause } = describeRefusal('*', error);
      this.#context.log.warn({ ...this.#names, error: cause }, 'no connection for a login');
      this.#endWithBye('no connection', UNAVAILABLE_TEXT);
    }
    this.#client.advance();
  }

  #startRelay(lease: UpstreamLease): void {
    const { upstreams, clock, trace } = this.#context;
    const { carried, login, id } = lease.value;
    const state = new SessionState(carried.variant, carried.enableAnswer);
    if (this.#user !== undefined) this.#user.upstream = id;
    const sessionTrace = trace.follow(login?.user ?? '', this.id, id);
    this.#enter({ name: 'relaying', relay: new Relay(this, lease, state, upstreams, clock, sessionTrace) });
  }

  #endWithBye(reason: EndReason, text: string): void {
    if (this.#phase.name === 'relaying') this.#phase.relay.abortWithBye(reason, text);
    else this.#client.write(bye('UNAVAILABLE', text));
    this.#end(reason);
  }

  #end(reason: EndReason): void {
    const phase = this.#phase;
    if (phase.name === 'ended') return;
    this.#enter({ name: 'ended', reason });
    if (phase.name === 'logging in' || phase.name === 'binding') phase.cancel.abort();
    if (phase.name === 'reserved') phase.login.release();
    const ms = Math.round(this.#context.clock.now() - this.#startedAt);
    const level = this.#user === undefined ? 'debug' : 'info';
    this.#context.log[level]({ ...this.#names, ...this.#user, reason, ms }, 'session ended');
    this.#client.end();
  }

  /** The only place where the phase changes. */
  #enter(next: Phase): Phase {
    this.#phase = next;
    return next;
  }
}
