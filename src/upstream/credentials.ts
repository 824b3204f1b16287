import { createHmac, createSecretKey, randomBytes } from 'node:crypto';
import type { Secret } from '../base/secret.ts';
import type { Endpoint } from '../net/dial.ts';
import type { IdParameters } from '../protocol/id.ts';

/** Who logs in, in the octets that the client meant. */
export interface Credentials {
  readonly user: Buffer;
  /** Whom to act as; undefined when that is the user. */
  readonly authorization: Buffer | undefined;
  readonly password: Secret;
  /** What the client has told about itself by ID; not part of the key. */
  readonly clientId: IdParameters | undefined;
}

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

  keyOf(credentials: Credentials): string {
    const hmac = createHmac('sha256', this.#secret);
    const length = Buffer.alloc(4);
    const none = Buffer.alloc(0);
    const parts = [
      Buffer.from(this.#endpoint),
      credentials.user,
      credentials.authorization ?? none,
      credentials.password.expose(),
    ];
    for (const part of parts) {
      length.writeUInt32BE(part.length);
      hmac.update(length).update(part);
    }
    return hmac.digest('base64');
  }
}
