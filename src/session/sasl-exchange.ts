/**
 * The client's side of AUTHENTICATE: challenges, responses, and the credentials that come of them.
 *
 * @see RFC 9051 section 6.2.2, RFC 4959 (initial response), RFC 4616 (PLAIN), draft-murchison-sasl-login (LOGIN),
 *   RFC 7628 (OAUTHBEARER)
 */
import { assertNever } from '../base/assert-never.ts';
import { Secret } from '../base/secret.ts';
import { type Capabilities, hasCapability } from '../protocol/capability.ts';
import { parseTokenPayload, TOKEN_MECHANISMS, type TokenMechanism } from '../protocol/oauth.ts';
import { decodeBase64, holdsNul, parsePlain } from '../protocol/sasl.ts';
import type { Credentials } from '../upstream/credentials.ts';
import { EMPTY_CHALLENGE, PASSWORD_CHALLENGE, USERNAME_CHALLENGE } from './replies.ts';

/** What a client gives to prove who it is. */
export type GivenCredentials = Omit<Credentials, 'clientId'>;

export type Mechanism = 'PLAIN' | 'LOGIN' | TokenMechanism;

export type SaslStep =
  | { readonly kind: 'challenge'; readonly line: string }
  | { readonly kind: 'credentials'; readonly credentials: GivenCredentials }
  /** The exchange has failed; `text` says why, for a tagged BAD. */
  | { readonly kind: 'failure'; readonly text: string }
  /** The server has said no, in the line `reply`. */
  | { readonly kind: 'refusal'; readonly reply: string };

const CANCELLED: SaslStep = { kind: 'failure', text: 'Authentication cancelled' };

/**
 * The mechanism that `word` names, if it is one for this server: a password can be brought to any, a token only to
 * one that `offered` the mechanism.
 */
export function parseMechanism(word: string, offered: Capabilities): Mechanism | undefined {
  const upper = word.toUpperCase();
  if (upper === 'PLAIN' || upper === 'LOGIN') return upper;
  const mechanism = TOKEN_MECHANISMS.find((known) => known === upper);
  return mechanism !== undefined && hasCapability(offered, `AUTH=${mechanism}`) ? mechanism : undefined;
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
    return { kind: 'challenge', line: this.#mechanism === 'LOGIN' ? USERNAME_CHALLENGE : EMPTY_CHALLENGE };
  }

  /** Takes one line of the client, without its ending. */
  respond(line: string): SaslStep {
    if (line === '*') return CANCELLED;
    const octets = decodeBase64(line);
    if (octets === undefined) return { kind: 'failure', text: 'Invalid base64 data' };
    switch (this.#mechanism) {
      case 'PLAIN':
        return plain(octets);
      case 'LOGIN':
        return this.#login(octets);
      case 'XOAUTH2':
      case 'OAUTHBEARER':
        return bearer(this.#mechanism, octets);
      default:
        return assertNever(this.#mechanism);
    }
  }

  #login(octets: Buffer): SaslStep {
    if (this.#user === undefined) {
      this.#user = octets;
      return { kind: 'challenge', line: PASSWORD_CHALLENGE };
    }
    return password(this.#user, undefined, octets);
  }
}

/**
 * The end of an exchange by token that the server has refused: the client is told why, answers that by a line that
 * says nothing, and only then hears the refusal (RFC 7628 section 3.2.3; XOAUTH2 does the same).
 */
export class RefusedToken {
  readonly tag: string;
  readonly #reply: string;

  /** `reply` is the refusal, a whole line. */
  constructor(tag: string, reply: string) {
    this.tag = tag;
    this.#reply = reply;
  }

  /** Tells the server's reason, in base64. */
  begin(reason: string): SaslStep {
    return { kind: 'challenge', line: `+ ${reason}\r\n` };
  }

  /** Takes the client's line, whatever it is; servers tell only giving up from all others. */
  respond(line: string): SaslStep {
    return line === '*' ? CANCELLED : { kind: 'refusal', reply: this.#reply };
  }
}

function plain(octets: Buffer): SaslStep {
  const payload = parsePlain(octets);
  if (payload === undefined) return { kind: 'failure', text: 'Invalid PLAIN response' };
  const { authorization, authentication } = payload;
  const isSelf = authorization.length === 0 || authorization.equals(authentication);
  return password(authentication, isSelf ? undefined : authorization, payload.password);
}

function password(user: Buffer, authorization: Buffer | undefined, octets: Buffer): SaslStep {
  if (holdsNul(user) || holdsNul(octets)) return { kind: 'failure', text: 'A name or password holds a NUL' };
  const credentials = { mechanism: 'password', user, authorization, password: new Secret(octets) } as const;
  return { kind: 'credentials', credentials };
}

function bearer(mechanism: TokenMechanism, octets: Buffer): SaslStep {
  const payload = parseTokenPayload(mechanism, octets);
  octets.fill(0);
  if (payload === undefined) return { kind: 'failure', text: `Invalid ${mechanism} response` };
  const { user, token } = payload;
  const credentials = { mechanism, user, authorization: undefined, password: new Secret(token) };
  return { kind: 'credentials', credentials };
}
