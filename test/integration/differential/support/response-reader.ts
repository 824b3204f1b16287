/**
 * One response of the server as latin1: text, literal, text ... in turns, line ends included, so that nobody takes what
 * a message says for what the server says.
 */
export type Response = readonly string[];

/** These end in free text, where `{3}` announces nothing (RFC 9051 section 7.1). */
const STATUS_RESPONSE = /^\* (?:OK|NO|BAD|BYE|PREAUTH)\b/i;

const LITERAL = /\{(\d+)\}\r?\n$/;

/** Finds where responses end. Of the product's own reader it shares nothing. */
export class ResponseReader {
  readonly #onResponse: (response: Response) => void;
  #unread = '';
  #parts: string[] = [];
  /** How much of a literal is still to come; -1 while a line is read. */
  #literalOctets = -1;

  constructor(onResponse: (response: Response) => void) {
    this.#onResponse = onResponse;
  }

  /** What has come and is no whole response. */
  get rest(): string {
    return this.#parts.join('') + this.#unread;
  }

  feed(octets: string): void {
    this.#unread += octets;
    while (this.#literalOctets < 0 ? this.#readLine() : this.#readLiteral());
  }

  #readLine(): boolean {
    const end = this.#unread.indexOf('\n') + 1;
    if (end === 0) return false;
    const line = this.#unread.slice(0, end);
    this.#unread = this.#unread.slice(end);
    this.#parts.push(line);
    const first = this.#parts[0] ?? line;
    const isData = first.startsWith('* ') && !STATUS_RESPONSE.test(first);
    const octets = isData ? LITERAL.exec(line)?.[1] : undefined;
    if (octets === undefined) this.#finish();
    else this.#literalOctets = Number(octets);
    return true;
  }

  #readLiteral(): boolean {
    if (this.#unread.length < this.#literalOctets) return false;
    this.#parts.push(this.#unread.slice(0, this.#literalOctets));
    this.#unread = this.#unread.slice(this.#literalOctets);
    this.#literalOctets = -1;
    return true;
  }

  #finish(): void {
    const parts = this.#parts;
    this.#parts = [];
    this.#onResponse(parts);
  }
}
