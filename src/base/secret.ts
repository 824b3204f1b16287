import { inspect } from 'node:util';

/**
 * Octets that must not reach a log, trace, error, metric, dump or file: every way of printing one
 * gives a placeholder, and reading it takes a word that can be searched for.
 */
export class Secret {
  readonly #octets: Buffer;

  /** Takes over `octets`; the caller keeps no other use of that buffer. */
  constructor(octets: Buffer) {
    this.#octets = octets;
  }

  /** The octets themselves, not a copy. */
  expose(): Buffer {
    return this.#octets;
  }

  /** Overwrites the octets with zeros; the secret is an empty promise afterwards. */
  wipe(): void {
    this.#octets.fill(0);
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
