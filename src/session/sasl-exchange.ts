/**
 * The client's side of AUTHENTICATE: challenges, responses, and the credentials that come of them.
 *
 * @see RFC 9051 section 6.2.2, RFC 4616 (PLAIN), draft-murchison-sasl-login (LOGIN), RFC 4959 (initial response)
 */
import { Secret } from '../base/secret.ts';
import { decodeBase64, holdsNul, parsePlain } from '../protocol/sasl.ts';
import type { Credentials } from '../upstream/credentials.ts';

/** What a client gives to prove who it is. */
export type GivenCredentials = Omit<Credentials, 'clientId'>;

import { EMPTY_CHALLENGE, PASSWORD_CHALLENGE, USERNAME_CHALLENGE } from './replies.ts';

export type Mechanism = 'PLAIN' | 'LOGIN';

export type SaslStep =
  | { readonly kind: 'challenge'; readonly line: string }
  | { readonly kind: 'credentials'; readonly credentials: GivenCredentials }
  /** The exchange has failed; `text` says why, for a tagged BAD. */
  | { readonly kind: 'failure'; readonly text: string };

export function parseMechanism(word: string): Mechanism | undefined {
  const upper = word.toUpperCase();
  return upper === 'PLAIN' || upper === 'LOGIN' ? upper : undefined;
}

export class SaslExchange {
  readonly tag: string;
  readonly #mechanism: Mechanism;
  /** The name, once LOGIN has told it. */
  #user: Buffer | undefined;

  constructor(tag: string, mechanism: Mechanism) {
    this.tag = tag;
    this.#mechanism = mechanism;
  }

  /** Begins, with the client's initial response if it sent one. */
  begin(initialResponse: string | undefined): SaslStep {
    if (initialResponse !== undefined) return this.respond(initialResponse);
    return { kind: 'challenge', line: this.#mechanism === 'PLAIN' ? EMPTY_CHALLENGE : USERNAME_CHALLENGE };
  }

  /** Takes one line of the client, without its ending. */
  respond(line: string): SaslStep {
    if (line === '*') return { kind: 'failure', text: 'Authentication cancelled' };
    const octets = decodeBase64(line);
    if (octets === undefined) return { kind: 'failure', text: 'Invalid base64 data' };
    return this.#mechanism === 'PLAIN' ? plain(octets) : this.#login(octets);
  }

  #login(octets: Buffer): SaslStep {
    if (this.#user === undefined) {
      this.#user = octets;
      return { kind: 'challenge', line: PASSWORD_CHALLENGE };
    }
    return credentials(this.#user, undefined, octets);
  }
}

function plain(octets: Buffer): SaslStep {
  const payload = parsePlain(octets);
  if (payload === undefined) return { kind: 'failure', text: 'Invalid PLAIN response' };
  const { authorization, authentication, password } = payload;
  const isSelf = authorization.length === 0 || authorization.equals(authentication);
  return credentials(authentication, isSelf ? undefined : authorization, password);
}

function credentials(user: Buffer, authorization: Buffer | undefined, password: Buffer): SaslStep {
  if (holdsNul(user) || holdsNul(password))
    return { kind: 'failure', text: 'A name or password holds a NUL' };
  return { kind: 'credentials', credentials: { user, authorization, password: new Secret(password) } };
}
