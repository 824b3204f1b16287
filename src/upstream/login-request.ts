import type { ClientOrigin } from '../net/client-origin.ts';
import type { Credentials, PoolKeys } from './credentials.ts';

/** For whom a login is made; nothing of it decides which connection may be used. */
export interface LoginOccasion {
  readonly origin: ClientOrigin;
  /** As in the log. */
  readonly sessionId: string;
}

/** A login to be made, or to be answered from memory. */
export class LoginRequest {
  readonly credentials: Credentials;
  readonly occasion: LoginOccasion;
  /** The pool key. */
  readonly key: string;
  readonly #keys: PoolKeys;

  constructor(credentials: Credentials, occasion: LoginOccasion, keys: PoolKeys) {
    this.credentials = credentials;
    this.occasion = occasion;
    this.key = keys.keyOf(credentials);
    this.#keys = keys;
  }

  /** Equal for all logins of one user, whatever the secret. */
  get identity(): string {
    return this.#keys.identityOf(this.credentials);
  }
}
