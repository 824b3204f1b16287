/** Where a login is decided: by a parked connection of the same credentials, or by the server. */
import { InvariantError } from '../base/errors.ts';
import { Lease } from '../pool/lease.ts';
import { SessionState } from '../protocol/session-state.ts';
import { actingUser, type Credentials } from '../upstream/credentials.ts';
import type { UpstreamLease } from '../upstream/upstream-pool.ts';
import { describeRefusal, type LoginRefusal } from './login-refusal.ts';
import { type CapabilityForm, loggedIn, REUSED } from './replies.ts';
import { ReservedLogin } from './reserved-login.ts';
import type { SessionContext } from './session-context.ts';
import { SharedSecretRefusedError } from './shared-secret.ts';

/** A parked connection set aside, or a connection of its own that has just been logged in. */
export type GrantedLogin = ReservedLogin | UpstreamLease;

export class LoginDesk {
  readonly #context: SessionContext;
  readonly #session: object;

  /** `session` says in log lines whose logins these are. */
  constructor(context: SessionContext, session: object) {
    this.#context = context;
    this.#session = session;
  }

  /** The credentials for the server of a client that gave `given`. @throws SharedSecretRefusedError */
  admit(given: Credentials): Credentials {
    const { sharedSecret } = this.#context;
    if (sharedSecret === undefined) return given;
    const credentials = sharedSecret.exchange(given);
    if (credentials === undefined) throw new SharedSecretRefusedError();
    return credentials;
  }

  /** A login from memory; undefined when no connection of these credentials is parked and free. */
  reserve(credentials: Credentials): ReservedLogin | undefined {
    const { upstreams, keys } = this.#context;
    const key = keys.keyOf(credentials);
    const reservation = upstreams.reserve(key);
    return reservation === undefined
      ? undefined
      : new ReservedLogin(key, credentials, reservation, upstreams);
  }

  /**
   * Asks the pool, or the server. `signal` ends the wait for room in the pool, not a login that has begun.
   *
   * @throws what UpstreamPool.open throws
   */
  async open(credentials: Credentials, signal: AbortSignal): Promise<GrantedLogin> {
    const { upstreams, keys } = this.#context;
    const key = keys.keyOf(credentials);
    for (;;) {
      const granted = await upstreams.open(credentials, key, signal);
      if (granted instanceof Lease) {
        credentials.password.wipe();
        return granted;
      }
      const login = new ReservedLogin(key, credentials, granted, upstreams);
      if (login.facts !== undefined) return login;
      // It was closed between the grant and this turn.
      login.cancel();
    }
  }

  /** What the client hears of a login that was granted, in one piece; counted and logged as that. */
  welcome(tag: string, credentials: Credentials, granted: GrantedLogin, form: CapabilityForm): Buffer {
    const { counters, log, announcesReuse } = this.#context;
    const isReused = granted instanceof ReservedLogin;
    const facts = isReused ? granted.facts : granted.value.login;
    if (facts === undefined) throw new InvariantError('a login without facts was granted');
    counters.logins += 1;
    if (isReused) counters.loginsReused += 1;
    const upstream = isReused ? granted.upstreamId : granted.value.id;
    log.info({ ...this.#session, user: actingUser(credentials), reused: isReused, upstream }, 'login');
    const announcement = isReused && announcesReuse && granted.isLastClean ? REUSED : '';
    const notices = isReused ? '' : facts.notices.toString('latin1');
    return Buffer.from(`${notices}${announcement}${loggedIn(tag, facts, form)}`, 'latin1');
  }

  /** What the client hears of a login that failed with `error`; counted and logged as that. */
  refuse(tag: string, credentials: Credentials, error: unknown): LoginRefusal {
    const refusal = describeRefusal(tag, error);
    credentials.password.wipe();
    this.#context.counters.loginsRefused += 1;
    const { status, cause } = refusal;
    const fields = { ...this.#session, user: actingUser(credentials), status, error: cause };
    this.#context.log[refusal.level](fields, 'login refused');
    return refusal;
  }

  /** The client left while its login was under way: the next session of its user may have the connection. */
  giveBack(granted: GrantedLogin): void {
    if (granted instanceof ReservedLogin) granted.release();
    else this.#context.upstreams.release(granted, new SessionState());
  }
}
