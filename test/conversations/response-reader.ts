/** A complete response: latin1, literals in place, the last line end included. */
export type OnResponse = (response: string) => void;

/** These end in free text, where `{3}` announces nothing (RFC 9051 section 7.1). */
const STATUS_RESPONSE = /^\* (?:OK|NO|BAD|BYE|PREAUTH)\b/i;
const LITERAL_MARKER = /~?\{(\d+)\}\r?\n$/;

/** Cuts what a server sends into responses, however it arrives. */
export class ResponseReader {
  readonly #onResponse: OnResponse;
  /** Received and not yet told, from the beginning of a response. */
  #pending = '';
  /** Where in `#pending` the next line of that response begins. */
  #lineStart = 0;

  constructor(onResponse: OnResponse) {
    this.#onResponse = onResponse;
  }

  /** Octets of a response that is not complete yet. */
  get rest(): string {
    return this.#pending;
  }

  push(octets: Buffer): void {
    this.#pending += octets.toString('latin1');
    for (;;) {
      const lineEnd = this.#pending.indexOf('\n', this.#lineStart) + 1;
      if (lineEnd === 0) return;
      const literal = this.#literalOctets(lineEnd);
      if (literal === undefined) this.#tell(lineEnd);
      else this.#lineStart = lineEnd + literal;
    }
  }

  #literalOctets(lineEnd: number): number | undefined {
    const line = this.#pending.slice(this.#lineStart, lineEnd);
    if (!line.endsWith('}\r\n') || !this.#pending.startsWith('* ')) return undefined;
    if (STATUS_RESPONSE.test(this.#pending)) return undefined;
    const octets = LITERAL_MARKER.exec(line)?.[1];
    return octets === undefined ? undefined : Number(octets);
  }

  #tell(end: number): void {
    const response = this.#pending.slice(0, end);
    this.#pending = this.#pending.slice(end);
    this.#lineStart = 0;
    this.#onResponse(response);
  }
}
