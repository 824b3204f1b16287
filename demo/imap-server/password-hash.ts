import { type BinaryLike, randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * Cost of one password check. These are the defaults of Node's scrypt and the lightest that may be called
 * a password hash today: OWASP asks for five times as much (the same with p=5).
 */
export const SCRYPT_COST = { N: 16_384, r: 8, p: 1 } as const;

const KEY_OCTETS = 32;
const derive: (
  password: BinaryLike,
  salt: BinaryLike,
  octets: number,
  cost: ScryptOptions,
) => Promise<Buffer> = promisify(scrypt);

/** A password as a server keeps it: salted and hashed with scrypt (RFC 7914), computed in Node's thread pool. */
export class PasswordHash {
  readonly #salt: Buffer;
  readonly #key: Buffer;

  private constructor(salt: Buffer, key: Buffer) {
    this.#salt = salt;
    this.#key = key;
  }

  static async of(password: string): Promise<PasswordHash> {
    const salt = randomBytes(16);
    return new PasswordHash(salt, await derive(password, salt, KEY_OCTETS, SCRYPT_COST));
  }

  /** Takes the same time for a right and for a wrong password. */
  async matches(password: string): Promise<boolean> {
    const key = await derive(password, this.#salt, KEY_OCTETS, SCRYPT_COST);
    return timingSafeEqual(key, this.#key);
  }
}
