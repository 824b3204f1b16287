import type { Clock } from '../../../src/base/clock.ts';
import type { Login } from './accounts.ts';
import { LOGIN_SLACK_MS } from './limits.ts';

/** What was known when a client asked to be logged in. */
export interface Asked {
  readonly atMs: number;
  /** Why the answer must not be yes. */
  readonly objection: string | undefined;
}

/** What is known of one password of one user, acting as somebody. */
interface Secret {
  acceptedMs: number;
  isRefused: boolean;
}

/** Which logins may be granted, whoever grants them: it is to be told of all that is seen at both ends. */
export class Trust {
  readonly #clock: Clock;
  readonly #reauthIntervalMs: number;
  readonly #secrets = new Map<string, Secret>();
  /** The newest password with which a client was logged in, by user. */
  readonly #newest = new Map<string, number>();

  /** @param reauthIntervalMs for how long the server need not be asked again; 0: without limit. */
  constructor(clock: Clock, reauthIntervalMs: number) {
    this.#clock = clock;
    this.#reauthIntervalMs = reauthIntervalMs;
  }

  /** The server has accepted `login`. */
  accepted(login: Login): void {
    this.#secretOf(login).acceptedMs = this.#clock.now();
  }

  /** A client is about to ask for `login`. */
  ask(login: Login): Asked {
    return { atMs: this.#clock.now(), objection: this.#objectionTo(login) };
  }

  /** A client was told that `login` is wrong. */
  heardRefusal(login: Login): void {
    this.#secretOf(login).isRefused = true;
  }

  /** A client was logged in; tells why it must not have been. */
  heardConsent(login: Login, asked: Asked | undefined): string | undefined {
    const user = userOf(login);
    this.#newest.set(user, Math.max(login.version, this.#newest.get(user) ?? 0));
    if (asked?.objection !== undefined) return `a login with ${asked.objection}`;
    const { acceptedMs } = this.#secretOf(login);
    const agoMs = (asked?.atMs ?? 0) - acceptedMs;
    const isStale = this.#reauthIntervalMs > 0 && agoMs > this.#reauthIntervalMs + LOGIN_SLACK_MS;
    return isStale ? `a login that the server has last accepted ${agoMs} ms ago` : undefined;
  }

  #objectionTo(login: Login): string | undefined {
    const { account, version } = login;
    if (version < 0) return 'a password that never was any';
    if (version === account.version) return undefined;
    if (this.#secretOf(login).isRefused) return 'a password that the server has refused';
    const newest = this.#newest.get(userOf(login)) ?? 0;
    return newest > version ? 'an old password, after the new one was used' : undefined;
  }

  #secretOf(login: Login): Secret {
    const name = `${userOf(login)} ${login.version}`;
    const secret = this.#secrets.get(name) ?? { acceptedMs: Number.NEGATIVE_INFINITY, isRefused: false };
    this.#secrets.set(name, secret);
    return secret;
  }
}

function userOf({ account, identity }: Login): string {
  return `${account.name} ${identity}`;
}
