import { PreLogin, type PreLoginDesk, type PreLoginPort } from '../../src/session/pre-login.ts';
import type { Credentials } from '../../src/upstream/credentials.ts';
import type { ClientOffer } from '../../src/upstream/server-profile.ts';

/** A login that was asked for; octets as latin1 text. */
export interface AskedLogin {
  readonly tag: string;
  /** Undefined for a password. */
  readonly mechanism: string | undefined;
  readonly user: string;
  readonly authorization: string | undefined;
  readonly password: string;
  /** What the client has told about itself. */
  readonly clientId: readonly (readonly (string | undefined)[])[] | undefined;
}

/** What differs from a client that is nobody special and whose login takes for ever. */
export interface PreLoginCircumstances {
  readonly refusesLogins?: boolean;
  /** What the server tells of a refused token first, in base64. */
  readonly challenge?: string;
  /** What the server offers besides the ordinary, as capability words. */
  readonly offers?: string;
  readonly isAdmin?: boolean;
  /** Whether TLS can be begun. */
  readonly offersTls?: boolean;
  /** Whether a login is not taken without. */
  readonly needsTls?: boolean;
}

/** What came of a client's octets before login. */
export interface PreLoginOutcome {
  readonly replies: string;
  readonly logins: readonly AskedLogin[];
  readonly left: string | undefined;
  /** What was not taken because a login is in progress or the session is over. */
  readonly rest: string;
}

/** Runs the dialogue before login as the session does. */
export class PreLoginRun implements PreLoginPort, PreLoginDesk {
  readonly capabilityLine: string;
  readonly serverId = '("name" "Dovecot")';
  readonly offer: ClientOffer;
  readonly preLogin = new PreLogin(this, this);
  readonly #refusesLogins: boolean;
  readonly #challenge: string | undefined;
  readonly #isAdmin: boolean;
  readonly #logins: { readonly tag: string; readonly credentials: Credentials }[] = [];
  #replies = '';
  #left: string | undefined;
  #rest = '';

  constructor(circumstances: PreLoginCircumstances = {}) {
    const { refusesLogins = false, challenge, offers, isAdmin = false } = circumstances;
    const { offersTls = false, needsTls = false } = circumstances;
    this.offer = { startTls: offersTls, login: !needsTls };
    this.capabilityLine = ['IMAP4rev1 SASL-IR', ...(offers === undefined ? [] : [offers])].join(' ');
    this.#refusesLogins = refusesLogins;
    this.#challenge = challenge;
    this.#isAdmin = isAdmin;
  }

  startTls(): void {
    this.#left = 'for TLS';
  }

  identified(): void {}

  /** Logins as they are now, after the dialogue has wiped what it was to wipe. */
  get outcome(): PreLoginOutcome {
    const logins = this.#logins.map(({ tag, credentials }) => askedLogin(tag, credentials));
    return { replies: this.#replies, logins, left: this.#left, rest: this.#rest };
  }

  feed(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#isDeaf) {
      const taken = this.preLogin.feed(chunk.subarray(at));
      if (taken === 0) throw new Error('nothing was taken');
      at += taken;
    }
    this.#rest += chunk.toString('latin1', at);
  }

  reply(text: string): void {
    this.#replies += text;
  }

  administer(tag: string, name: string, argument: string | undefined): string | undefined {
    return this.#isAdmin ? `${tag} OK ${name} ${argument}\r\n` : undefined;
  }

  logIn(tag: string, credentials: Credentials): void {
    this.#logins.push({ tag, credentials });
    const refusal = `${tag} NO [AUTHENTICATIONFAILED] x\r\n`;
    if (this.#refusesLogins) this.preLogin.refuse(tag, refusal, this.#challenge);
  }

  leave(reason: string): void {
    if (this.#left !== undefined) throw new Error(`left twice: ${this.#left}, ${reason}`);
    this.#left = reason;
  }

  get #isDeaf(): boolean {
    return this.#left !== undefined || (this.#logins.length > 0 && !this.#refusesLogins);
  }
}

/** What comes of `chunks`. */
export function preLoginOutcome(
  chunks: Iterable<Buffer>,
  circumstances?: PreLoginCircumstances,
): PreLoginOutcome {
  const run = new PreLoginRun(circumstances);
  for (const chunk of chunks) run.feed(chunk);
  return run.outcome;
}

function askedLogin(tag: string, credentials: Credentials): AskedLogin {
  const { mechanism, user, authorization, password, clientId } = credentials;
  return {
    tag,
    mechanism: mechanism === 'password' ? undefined : mechanism,
    user: user.toString('latin1'),
    authorization: authorization?.toString('latin1'),
    password: password.expose().toString('latin1'),
    clientId: clientId?.map((field) => field.map((octets) => octets?.toString('latin1'))),
  };
}
