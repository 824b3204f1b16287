import { createHmac, createSecretKey, randomBytes, timingSafeEqual } from 'node:crypto';
import { ProxyError } from '../base/errors.ts';
import { Secret } from '../base/secret.ts';
import type { Credentials } from '../upstream/credentials.ts';

/** Classic `auth_sasl_plain_username`, `auth_sasl_plain_password`, `auth_shared_secret`; all three or none. */
export interface SharedSecretSettings {
  /** Who logs in to the server, for everybody. */
  readonly user: string;
  readonly password: Secret;
  /** What clients give as their password instead of one of their own. */
  readonly sharedSecret: Secret;
}

/** The client does not know the shared secret. */
export class SharedSecretRefusedError extends ProxyError {
  readonly code = 'SHARED_SECRET_REFUSED';
  readonly fault = 'client';
  override readonly reply = { status: 'NO', code: 'AUTHENTICATIONFAILED' } as const;

  constructor() {
    super('Shared secret is wrong');
  }
}

/**
 * Lets clients that know the shared secret act as any user, by SASL PLAIN with an authorization identity
 * (RFC 4616). The comparison is exact, takes the same time whatever is given, and an empty or shorter
 * secret is a wrong one.
 */
export class SharedSecret {
  readonly #settings: SharedSecretSettings;
  readonly #key = createSecretKey(randomBytes(32));
  readonly #digest: Buffer;

  constructor(settings: SharedSecretSettings) {
    this.#settings = settings;
    this.#digest = this.#digestOf(settings.sharedSecret);
  }

  /** The credentials to log in with for a client that gave `given`; undefined when its secret is wrong. */
  exchange(given: Credentials): Credentials | undefined {
    const isEqual = timingSafeEqual(this.#digestOf(given.password), this.#digest);
    given.password.wipe();
    if (!isEqual || given.mechanism !== 'password') return undefined;
    return {
      mechanism: 'password',
      user: Buffer.from(this.#settings.user),
      authorization: given.authorization ?? given.user,
      password: new Secret(Buffer.from(this.#settings.password.expose())),
      clientId: given.clientId,
    };
  }

  #digestOf(secret: Secret): Buffer {
    return createHmac('sha256', this.#key).update(secret.expose()).digest();
  }
}
