/** Where a login is decided: by a parked connection of the same credentials, or by the server. */
import { InvariantError } from '../base/errors.ts';
import { Lease } from '../pool/lease.ts';
import { SessionState } from '../protocol/session-state.ts';
import { actingUser, type Credentials } from '../upstream/credentials.ts';
import { LoginRequest } from '../upstream/login-request.ts';
import type { UpstreamLease } from '../upstream/upstream-pool.ts';
import { describeRefusal, type LoginRefusal } from './login-refusal.ts';
import { type CapabilityForm, loggedIn, REUSED } from './replies.ts';
import { ReservedLogin } from './reserved-login.ts';
import type { SessionContext } from './session-context.ts';
import type { SessionNames } from './session-names.ts';
import { SharedSecretRefusedError } from './shared-secret.ts';

/** A parked connection set aside, or a connection of its own that has just been logged in. */
export type GrantedLogin = ReservedLogin | UpstreamLease;

export class LoginDesk {
  readonly #context: SessionContext;
  readonly #names: SessionNames;

  constructor(context: SessionContext, names: SessionNames) {
    this.#context = context;
    this.#names = names;
  }

  /** The login at the server of a client that gave `given`. @throws SharedSecretRefusedError */
  admit(given: Credentials): LoginRequest {
    const { sharedSecret, keys } = this.#context;
    const occasion = { origin: this.#names.origin, sessionId: this.#names.id };
    if (sharedSecret === undefined) return new LoginRequest(given, occasion, keys);
    const credentials = sharedSecret.exchange(given);
    if (credentials === undefined) throw new SharedSecretRefusedError();
    return new LoginRequest(credentials, occasion, keys);
  }

  /** A login from memory; undefined when the server has to be asked, or no connection is parked and free. */
  reserve(request: LoginRequest): ReservedLogin | undefined {
    const { upstreams, clock } = this.#context;
    const reservation = upstreams.reserve(request);
    return reservation && new ReservedLogin(request, reservation, upstreams, clock);
  }

  /**
   * Asks the pool, or the server. `signal` ends the wait for room in the pool, not a login that has begun.
   *
   * @throws what UpstreamPool.open throws
   */
  async open(request: LoginRequest, signal: AbortSignal): Promise<GrantedLogin> {
    const { upstreams, clock } = this.#context;
    for (;;) {
      const granted = await upstreams.open(request, { signal });
      if (granted instanceof Lease) {
        request.credentials.password.wipe();
        return granted;
      }
      const login = new ReservedLogin(request, granted, upstreams, clock);
      if (login.facts !== undefined) return login;
      // It was closed between the grant and this turn.
      login.cancel();
    }
  }

  /** What the client hears of a login that was granted, in one piece; counted and logged as that. */
  welcome(tag: string, { credentials }: LoginRequest, granted: GrantedLogin, form: CapabilityForm): Buffer {
    const { counters, log, announcesReuse, announcesSessionId } = this.#context;
    const isReused = granted instanceof ReservedLogin;
    const facts = isReused ? granted.facts : granted.value.login;
    if (facts === undefined) throw new InvariantError('a login without facts was granted');
    counters.logins += 1;
    if (isReused) counters.loginsReused += 1;
    const upstream = isReused ? granted.upstreamId : granted.value.id;
    log.info({ ...this.#names.forLog, user: actingUser(credentials), reused: isReused, upstream }, 'login');
    const announcement = isReused && announcesReuse && granted.isLastClean ? REUSED : '';
    const notices = isReused ? '' : facts.notices.toString('latin1');
    const sessionId = announcesSessionId ? this.#names.id : undefined;
    return Buffer.from(`${notices}${announcement}${loggedIn(tag, facts, form, sessionId)}`, 'latin1');
  }

  /** What the client hears of a login that failed with `error`; counted and logged as that. */
  refuse(tag: string, credentials: Credentials, error: unknown): LoginRefusal {
    const refusal = describeRefusal(tag, error);
    credentials.password.wipe();
    this.#context.counters.loginsRefused += 1;
    const { status, cause } = refusal;
    const fields = { ...this.#names.forLog, user: actingUser(credentials), status, error: cause };
    this.#context.log[refusal.level](fields, 'login refused');
    return refusal;
  }

  /** The client left while its login was under way: the next session of its user may have the connection. */
  giveBack(granted: GrantedLogin): void {
    if (granted instanceof ReservedLogin) granted.release();
    else this.#context.upstreams.release(granted, new SessionState());
  }
}
