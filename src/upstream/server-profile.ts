import {
  type Capabilities,
  CONSERVATIVE_CAPABILITIES,
  greetingCapabilities,
} from '../protocol/capability.ts';

/**
 * What is known of the server from its own words, for answers that cannot wait for it: the greeting and
 * everything before login. Learned again from each greeting.
 */
export class ServerProfile {
  #capabilities: Capabilities | undefined;
  #text = 'IMAP4rev1 service ready';
  #greeting: Buffer;
  #capabilityLine: string;
  readonly #ownWords: readonly string[];
  #id = 'NIL';

  /** `ownWords` are capabilities of the proxy itself, shown behind the server's. */
  constructor(ownWords: readonly string[] = []) {
    this.#ownWords = ownWords;
    this.#capabilityLine = [...CONSERVATIVE_CAPABILITIES, ...ownWords].join(' ');
    this.#greeting = this.#compose();
  }

  /** What the server tells about itself, as the argument of an ID response (RFC 2971); NIL until it has. */
  get id(): string {
    return this.#id;
  }

  learnId(parameters: string): void {
    this.#id = parameters;
  }

  /** The server's list before login, unfiltered; undefined until it has told. */
  get capabilities(): Capabilities | undefined {
    return this.#capabilities;
  }

  /** The words for a client before login. */
  get capabilityLine(): string {
    return this.#capabilityLine;
  }

  /** The whole greeting for a client, line ending included. */
  get greeting(): Buffer {
    return this.#greeting;
  }

  /** The server greeted with `text` and named `capabilities`, there or when asked. Tells whether that is news. */
  learn(capabilities: Capabilities, text: string): boolean {
    const line = [...greetingCapabilities(capabilities), ...this.#ownWords].join(' ');
    const isNews = line !== this.#capabilityLine || text !== this.#text;
    this.#capabilities = capabilities;
    if (!isNews) return false;
    this.#capabilityLine = line;
    this.#text = text;
    this.#greeting = this.#compose();
    return true;
  }

  #compose(): Buffer {
    return Buffer.from(`* OK [CAPABILITY ${this.#capabilityLine}] ${this.#text}\r\n`, 'latin1');
  }
}
