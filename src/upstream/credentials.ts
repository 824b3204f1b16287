import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { Secret } from '../base/secret.ts';
import type { Endpoint } from '../net/dial.ts';
import type { IdParameters } from '../protocol/id.ts';
import type { TokenMechanism } from '../protocol/oauth.ts';

/** Who logs in, in the octets that the client meant. */
export interface Credentials {
  /** By what the client proves it. A password goes to the server in the form that suits it, a token as it came. */
  readonly mechanism: 'password' | TokenMechanism;
  readonly user: Buffer;
  /** Whom to act as; undefined when that is the user. */
  readonly authorization: Buffer | undefined;
  /** Or the access token. */
  readonly password: Secret;
  /** What the client has told about itself by ID; not part of the key. */
  readonly clientId: IdParameters | undefined;
}

const NOBODY: Buffer = Buffer.alloc(0);

/** As whom the session acts, for people to read. */
export function actingUser({ authorization, user }: Credentials): string {
  return (authorization ?? user).toString();
}

/**
 * Makes the pool key of a login: connections are shared between logins of one key only.
 *
 * The key is an HMAC-SHA-256 with a random key of this process, over the length and the octets of each
 * part, so that no two different logins meet, nothing can be computed back from it, and finding one in
 * a map tells an attacker nothing about another.
 */
export class PoolKeys {
  // A key object is made once; from octets the library would make one for every digest, at ten times the cost.
  readonly #secret = createSecretKey(randomBytes(32));
  readonly #endpoint: string;

  constructor(endpoint: Endpoint) {
    this.#endpoint = `${endpoint.host}:${endpoint.port}`;
  }

  /** The key of a login: server, mechanism, user, authorization identity and secret. */
  keyOf(credentials: Credentials): string {
    const mechanism = Buffer.from(credentials.mechanism);
    return this.#digest(mechanism, ...whoIs(credentials), credentials.password.expose());
  }

  /** The same without mechanism and secret: who it is that logs in. Without a name only the secret tells. */
  identityOf(credentials: Credentials): string {
    return credentials.user.length === 0 ? this.keyOf(credentials) : this.#digest(...whoIs(credentials));
  }

  #digest(...parts: readonly Buffer[]): string {
    const hmac = createHmac('sha256', this.#secret);
    const length = Buffer.alloc(4);
    for (const part of [Buffer.from(this.#endpoint), ...parts]) {
      length.writeUInt32BE(part.length);
      hmac.update(length).update(part);
    }
    return hmac.digest('base64');
  }
}

function whoIs({ user, authorization }: Credentials): readonly Buffer[] {
  return [user, authorization ?? NOBODY];
}
