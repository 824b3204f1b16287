import {
  type Capabilities,
  CONSERVATIVE_CAPABILITIES,
  greetingCapabilities,
} from '../protocol/capability.ts';

/** What a client may do before login on the connection that it has. */
export interface ClientOffer {
  /** STARTTLS is offered. */
  readonly startTls: boolean;
  /** It may log in. */
  readonly login: boolean;
}

/** What clients of one kind are told. */
export interface OfferedProfile {
  /** The words for a client before login. */
  readonly capabilityLine: string;
  /** The whole greeting, line ending included. */
  readonly greeting: Buffer;
}

/**
 * What is known of the server from its own words, for answers that cannot wait for it: the greeting and
 * everything before login. Learned again from each greeting.
 */
export class ServerProfile {
  #capabilities: Capabilities | undefined;
  #text = 'IMAP4rev1 service ready';
  #words: Capabilities;
  readonly #ownWords: readonly string[];
  readonly #offered = new Map<string, OfferedProfile>();
  #id = 'NIL';

  /** `ownWords` are capabilities of the proxy itself, shown behind the server's. */
  constructor(ownWords: readonly string[] = []) {
    this.#ownWords = ownWords;
    this.#words = [...CONSERVATIVE_CAPABILITIES, ...ownWords];
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

  /** The server greeted with `text` and named `capabilities`, there or when asked. Tells whether that is news. */
  learn(capabilities: Capabilities, text: string): boolean {
    const words = [...greetingCapabilities(capabilities), ...this.#ownWords];
    const isNews = words.join(' ') !== this.#words.join(' ') || text !== this.#text;
    this.#capabilities = capabilities;
    if (!isNews) return false;
    this.#words = words;
    this.#text = text;
    this.#offered.clear();
    return true;
  }

  /** Composed once for each kind of client. */
  offer({ startTls, login }: ClientOffer): OfferedProfile {
    const key = `${startTls} ${login}`;
    const known = this.#offered.get(key);
    if (known !== undefined) return known;
    const words = login ? this.#words : this.#words.filter((word) => !/^(?:AUTH=|SASL-IR$)/i.test(word));
    const all = [...words, ...(startTls ? ['STARTTLS'] : []), ...(login ? [] : ['LOGINDISABLED'])];
    const capabilityLine = all.join(' ');
    const greeting = Buffer.from(`* OK [CAPABILITY ${capabilityLine}] ${this.#text}\r\n`, 'latin1');
    const offered = { capabilityLine, greeting };
    this.#offered.set(key, offered);
    return offered;
  }
}
