/** One client's session, from greeting to end: which phase it is in, and how it comes to the next. */
import type { Socket } from 'node:net';
import { assertNever } from '../base/assert-never.ts';
import { InvariantError } from '../base/errors.ts';
import { clientIdentityOf } from '../net/client-identity.ts';
import type { ClientOrigin } from '../net/client-origin.ts';
import { SessionState } from '../protocol/session-state.ts';
import { CLEAN_VARIANT } from '../protocol/variants.ts';
import { actingUser, type Credentials } from '../upstream/credentials.ts';
import type { LoginRequest } from '../upstream/login-request.ts';
import type { UpstreamLease } from '../upstream/upstream-pool.ts';
import { Admission, type AdmissionPort } from './admission.ts';
import { Binder, type BinderPort } from './binder.ts';
import { ClientConnection, type InputTaker } from './client-connection.ts';
import { FrontDesk } from './front-desk.ts';
import { type GrantedLogin, LoginDesk } from './login-desk.ts';
import { describeRefusal, UNAVAILABLE_TEXT } from './login-refusal.ts';
import { PreLogin, type PreLoginPort } from './pre-login.ts';
import { Relay } from './relay.ts';
import type { RelayClient } from './relay-parts.ts';
import { bye } from './replies.ts';
import { type Bound, ReservedLogin } from './reserved-login.ts';
import type { SessionContext } from './session-context.ts';
import { SessionNames } from './session-names.ts';
import type { EndReason, Phase } from './session-phase.ts';

export class ClientSession implements InputTaker, PreLoginPort, AdmissionPort, BinderPort, RelayClient {
  readonly #context: SessionContext;
  readonly #names: SessionNames;
  readonly #front: FrontDesk;
  readonly #desk: LoginDesk;
  readonly #onClosed: (session: ClientSession) => void;
  readonly #startedAt: number;
  #client: ClientConnection;
  /** Who has logged in, in log lines. */
  #user: { readonly user: string; upstream: number | undefined } | undefined;
  #phase: Phase;
  /** The connection in the middle of a TLS handshake. */
  #handshaking: Socket | undefined;

  /** Greets the client on `socket` and serves it until it is gone; `onClosed` is told then, once. */
  constructor(
    socket: Socket,
    origin: ClientOrigin,
    context: SessionContext,
    onClosed: (session: ClientSession) => void,
  ) {
    this.#context = context;
    this.#onClosed = onClosed;
    this.#startedAt = context.clock.now();
    this.#names = new SessionNames(origin);
    this.#front = new FrontDesk(context, this.#names);
    this.#phase = { name: 'unauthenticated', preLogin: new PreLogin(this, this.#front) };
    this.#desk = new LoginDesk(context, this.#names);
    this.#client = new ClientConnection(socket, this, context.clock);
    this.#client.write(this.#front.profile.greeting);
  }

  startTls(): void {
    this.#enter({ name: 'securing' });
    void this.#secure();
  }

  async #secure(): Promise<void> {
    const { tls, clock, loginTimeoutMs } = this.#context;
    try {
      const socket = await this.#client.release();
      const server = tls();
      if (server === undefined) throw new InvariantError('STARTTLS without a certificate');
      this.#handshaking = socket;
      const secured = await server.secure(socket, loginTimeoutMs);
      if (this.#phase.name !== 'securing') {
        secured.destroy();
      } else {
        this.#names.encrypted(clientIdentityOf(secured));
        // RFC 9051 section 6.2.1: nothing that was said in clear counts any more.
        this.#enter({ name: 'unauthenticated', preLogin: new PreLogin(this, this.#front) });
        this.#client = new ClientConnection(secured, this, clock);
        return;
      }
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      this.#context.log.info({ ...this.#names.forLog, error: cause }, 'TLS failed');
      this.#end('TLS failed');
    }
    this.#onClosed(this);
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
      case 'securing':
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

  reply(octets: Buffer | string): void {
    this.#client.write(octets);
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
        return phase.binder.feed(octets);
      case 'relaying':
        return phase.relay.feed(octets);
      case 'securing':
        return octets.length;
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
      case 'securing':
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
    this.#context.log.error({ ...this.#names.forLog, error: stack }, 'session failed');
    if (this.#phase.name === 'relaying') this.#phase.relay.abandon();
    this.#end('internal error');
  }

  leave(reason: EndReason): void {
    this.#end(reason);
  }

  finish(reason: EndReason): void {
    this.#end(reason);
  }

  answered(): void {
    if (this.#phase.name === 'relaying') this.#phase.binder?.settle();
  }

  lost(octets: Buffer): void {
    if (this.#phase.name === 'relaying') this.#phase.binder?.rescue(octets);
  }

  logIn(tag: string, given: Credentials): void {
    new Admission(this.#desk, this).begin(tag, given);
  }

  admitting(admission: Admission): void {
    const phase = this.#phase;
    if (phase.name !== 'unauthenticated') throw new InvariantError(`login while ${phase.name}`);
    this.#enter({ name: 'logging in', admission, preLogin: phase.preLogin });
  }

  granted(tag: string, request: LoginRequest, granted: GrantedLogin): void {
    const { phase, preLogin } = this.#backFromLogin();
    this.#client.write(this.#desk.welcome(tag, request, granted, preLogin.capabilityForm));
    this.#user = { user: actingUser(request.credentials), upstream: undefined };
    if (granted instanceof ReservedLogin) {
      this.#enter({ name: 'reserved', binder: new Binder(granted, this, this.#context.answersFromMemory) });
    } else {
      this.#relay(granted, CLEAN_VARIANT, undefined);
    }
    if (phase === 'logging in') this.#client.advance();
  }

  refused(tag: string, credentials: Credentials, error: unknown): void {
    const { phase, preLogin } = this.#backFromLogin();
    const { reply, challenge, isFinal } = this.#desk.refuse(tag, credentials, error);
    preLogin.refuse(tag, reply, challenge);
    if (isFinal) this.#end('no connection');
    if (phase === 'logging in') this.#client.advance();
  }

  /** Where a login has left the session, and is decided by now. */
  #backFromLogin(): { readonly phase: Phase['name']; readonly preLogin: PreLogin } {
    const phase = this.#phase;
    if (phase.name !== 'unauthenticated' && phase.name !== 'logging in') {
      throw new InvariantError(`login decided while ${phase.name}`);
    }
    const { name, preLogin } = phase;
    this.#enter({ name: 'unauthenticated', preLogin });
    return { phase: name, preLogin };
  }

  binding(binder: Binder): void {
    this.#enter({ name: 'binding', binder });
  }

  isBinding(binder: Binder): boolean {
    return this.#phase.name === 'binding' && this.#phase.binder === binder;
  }

  bound(binder: Binder, { lease, variant, isNew }: Bound, replay: Buffer | undefined): void {
    const isLate = this.#phase.name === 'binding';
    if (isNew) this.#context.counters.reuseFailed();
    if (isNew) binder.settle();
    const relay = this.#relay(lease, variant, isNew ? undefined : binder);
    if (replay !== undefined && relay.feed(replay) < replay.length) {
      throw new InvariantError('another connection takes less of a client than the first one did');
    }
    if (isLate) this.#client.advance();
  }

  unbound(error: unknown): void {
    const { cause } = describeRefusal('*', error);
    this.#context.log.warn({ ...this.#names.forLog, error: cause }, 'no connection for a login');
    this.#endWithBye('no connection', UNAVAILABLE_TEXT);
    this.#client.advance();
  }

  giveBack({ lease, variant, isNew }: Bound): void {
    if (isNew) this.#context.counters.reuseFailed();
    this.#context.upstreams.release(lease, new SessionState(variant, lease.value.memory));
  }

  #relay(lease: UpstreamLease, variant: string, binder: Binder | undefined): Relay {
    const { upstreams, clock, trace: protocolTrace, selectCounters } = this.#context;
    const { login, id, memory } = lease.value;
    const state = new SessionState(variant, memory);
    if (this.#user !== undefined) this.#user.upstream = id;
    const trace = protocolTrace.follow(login?.user ?? '', this.#names.number, id);
    const mayBeDead = binder !== undefined;
    const relay = new Relay(this, { lease, state, upstreams, clock, trace, mayBeDead, selectCounters });
    this.#enter({ name: 'relaying', relay, binder });
    return relay;
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
    if (phase.name === 'securing') this.#handshaking?.destroy();
    if (phase.name === 'logging in') phase.admission.abandon();
    if (phase.name === 'reserved' || phase.name === 'binding') phase.binder.release();
    if (phase.name === 'relaying') phase.binder?.release();
    const { log, clock } = this.#context;
    const ms = Math.round(clock.now() - this.#startedAt);
    const level = this.#user === undefined ? 'debug' : 'info';
    log[level]({ ...this.#names.forLog, ...this.#user, reason, ms }, 'session ended');
    this.#client.end();
  }

  /** The only place where the phase changes. */
  #enter(next: Phase): Phase {
    this.#phase = next;
    return next;
  }
}
