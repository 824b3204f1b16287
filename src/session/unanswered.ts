/** More than this of a client is not kept to be sent again, in octets. */
const MAX_OCTETS = 64 * 1024;

/**
 * What a session has sent to a reused connection that has not said a word yet: if that proves to be dead, another
 * one is asked the same, and the client does not notice.
 */
export class Unanswered {
  readonly #parts: Buffer[] = [];
  #octets = 0;

  /** Keeps a copy; false when that is too much to keep. */
  note(octets: Buffer): boolean {
    this.#octets += octets.length;
    if (this.#octets > MAX_OCTETS) return false;
    this.#parts.push(Buffer.from(octets));
    return true;
  }

  /** Everything so far is done with: the proxy itself has answered it. */
  clear(): void {
    this.#parts.length = 0;
    this.#octets = 0;
  }

  get octets(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
