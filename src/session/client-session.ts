/** One client's session, from greeting to end: which phase it is in, and how it comes to the next. */
import type { Socket } from 'node:net';
import { assertNever } from '../base/assert-never.ts';
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../observe/counters.ts';
import type { Log } from '../observe/logger.ts';
import type { ProtocolTrace } from '../observe/protocol-trace.ts';
import { Lease } from '../pool/lease.ts';
import { SessionState } from '../protocol/session-state.ts';
import type { Credentials, PoolKeys } from '../upstream/credentials.ts';
import type { ServerProfile } from '../upstream/server-profile.ts';
import type { LoginFacts } from '../upstream/upstream-connection.ts';
import type { UpstreamLease, UpstreamPool, UpstreamReservation } from '../upstream/upstream-pool.ts';
import { type Administration, answerAdmin } from './admin-commands.ts';
import { ClientConnection, type InputTaker } from './client-connection.ts';
import { describeRefusal, UNAVAILABLE_TEXT } from './login-refusal.ts';
import { PreLogin, type PreLoginPort } from './pre-login.ts';
import { Relay, type RelayClient } from './relay.ts';
import { bye, loggedIn, loggedOut, REUSED } from './replies.ts';
import { ReservedLogin } from './reserved-login.ts';
import type { EndReason, Phase } from './session-phase.ts';
import { type SharedSecret, SharedSecretRefusedError } from './shared-secret.ts';
import type { FirstCommand } from './wanted-variants.ts';

/** What all sessions share. */
export interface SessionContext {
  readonly upstreams: UpstreamPool;
  readonly keys: PoolKeys;
  readonly profile: ServerProfile;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly log: Log;
  /** From connect to login, in ms; `client_login_timeout`. */
  readonly loginTimeoutMs: number;
  /** Without an octet in either direction, in ms; `client_idle_timeout`. */
  readonly idleTimeoutMs: number;
  /** `announce_reuse`. */
  readonly announcesReuse: boolean;
  /** `enable_admin_commands`. */
  readonly administration: Administration | undefined;
  /** Whether the client at `address` may use them; `admin_networks`. */
  readonly isAdmin: (address: string) => boolean;
  /** Set when clients act by a shared secret instead of passwords of their own. */
  readonly sharedSecret: SharedSecret | undefined;
  readonly trace: ProtocolTrace;
}

let lastId = 0;

export class ClientSession implements InputTaker, PreLoginPort, RelayClient {
  /** Unique in this process; in the log as `session`. */
  readonly id: number;
  readonly #context: SessionContext;
  readonly #client: ClientConnection;
  readonly #peer: string;
  readonly #onClosed: (session: ClientSession) => void;
  readonly #startedAt: number;
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
    this.#peer = this.#client.peer;
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

  get isFull(): boolean {
    return this.#phase.name === 'relaying' && this.#phase.relay.isUpstreamFull;
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
    this.#context.log.error({ session: this.id, client: this.#peer, error: stack }, 'session failed');
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
    const { sharedSecret } = this.#context;
    const credentials = sharedSecret === undefined ? given : sharedSecret.exchange(given);
    if (credentials === undefined) {
      this.#refuseLogin(tag, given, new SharedSecretRefusedError());
      return;
    }
    const key = this.#context.keys.keyOf(credentials);
    const reservation = this.#context.upstreams.reserve(key);
    if (reservation === undefined) void this.#openFor(tag, credentials, key);
    else this.#answerReserved(tag, new ReservedLogin(key, credentials, reservation, this.#context.upstreams));
  }

  /** Asks the pool, or the server, for a connection; whatever comes of it is the answer to `tag`. */
  async #openFor(tag: string, credentials: Credentials, key: string): Promise<void> {
    const { upstreams } = this.#context;
    const before = this.#phase;
    if (before.name !== 'unauthenticated') return;
    const cancel = new AbortController();
    const phase = this.#enter({ name: 'logging in', preLogin: before.preLogin, cancel });
    try {
      const granted = await upstreams.open(credentials, key, cancel.signal);
      if (this.#phase !== phase) {
        credentials.password.wipe();
        this.#giveBack(granted);
      } else if (granted instanceof Lease) this.#answerLeased(tag, credentials, granted);
      else this.#answerReserved(tag, new ReservedLogin(key, credentials, granted, upstreams));
    } catch (error) {
      credentials.password.wipe();
      if (this.#phase !== phase) return;
      this.#enter(before);
      this.#refuseLogin(tag, credentials, error);
    }
    this.#client.advance();
  }

  #refuseLogin(tag: string, credentials: Credentials, error: unknown): void {
    const refusal = describeRefusal(tag, error);
    this.#context.counters.loginsRefused += 1;
    this.#context.log[refusal.level]({ ...this.#facts(credentials), error: refusal.cause }, 'login refused');
    this.#client.write(refusal.reply);
    if (refusal.isFinal) this.#end('no connection');
  }

  #answerReserved(tag: string, login: ReservedLogin): void {
    const { facts } = login;
    if (facts === undefined) {
      login.cancel();
      void this.#openFor(tag, login.credentials, login.key);
      return;
    }
    this.#context.counters.loginsReused += 1;
    if (this.#context.announcesReuse && login.isLastClean) this.#client.write(REUSED);
    this.#answerLogin(tag, login.credentials, facts, true);
    this.#enter({ name: 'reserved', login });
  }

  #answerLeased(tag: string, credentials: Credentials, lease: UpstreamLease): void {
    const facts = lease.value.login;
    credentials.password.wipe();
    if (facts === undefined) {
      lease.discard('closed by server');
      return;
    }
    if (facts.notices.length > 0) this.#client.write(facts.notices);
    this.#answerLogin(tag, credentials, facts, false);
    this.#startRelay(lease);
  }

  #answerLogin(tag: string, credentials: Credentials, facts: LoginFacts, isReused: boolean): void {
    const form =
      this.#phase.name === 'unauthenticated' || this.#phase.name === 'logging in'
        ? this.#phase.preLogin.capabilityForm
        : 'response code';
    this.#context.counters.logins += 1;
    this.#context.log.info({ ...this.#facts(credentials), reused: isReused }, 'login');
    this.#client.write(loggedIn(tag, facts, form));
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
      if (isNew) this.#context.counters.loginsReused -= 1;
      if (this.#phase === phase) this.#startRelay(lease);
      else this.#giveBack(lease);
    } catch (error) {
      if (this.#phase !== phase) return;
      const { cause } = describeRefusal('*', error);
      this.#context.log.warn(
        { ...this.#facts(login.credentials), error: cause },
        'no connection for a login',
      );
      this.#endWithBye('no connection', UNAVAILABLE_TEXT);
    }
    this.#client.advance();
  }

  #startRelay(lease: UpstreamLease): void {
    const { upstreams, clock, trace } = this.#context;
    const { carried, login, id } = lease.value;
    const state = new SessionState(carried.variant, carried.enableAnswer);
    const sessionTrace = trace.follow(login?.user ?? '', this.id, id);
    this.#enter({ name: 'relaying', relay: new Relay(this, lease, state, upstreams, clock, sessionTrace) });
  }

  /** The client left while a connection was being made for it: the next session of its user may have it. */
  #giveBack(granted: UpstreamLease | UpstreamReservation): void {
    if (granted instanceof Lease) this.#context.upstreams.release(granted, new SessionState());
    else granted.cancel();
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
    this.#context.log.debug({ session: this.id, client: this.#peer, reason, ms }, 'session ended');
    this.#client.end();
  }

  /** The only place where the phase changes. */
  #enter(next: Phase): Phase {
    this.#phase = next;
    return next;
  }

  #facts(credentials: Credentials): object {
    return { session: this.id, client: this.#peer, user: credentials.user.toString() };
  }
}
