/** Cuts text into lines and counted octets, in whatever pieces it comes. */
export class LineReader {
  #text = '';
  #at = 0;

  push(text: string): void {
    this.#text = this.#at === this.#text.length ? text : this.#text.slice(this.#at) + text;
    this.#at = 0;
  }

  /** The next line without its ending, CR LF or LF; undefined while it is not whole. */
  line(): string | undefined {
    const lf = this.#text.indexOf('\n', this.#at);
    if (lf === -1) return undefined;
    const end = lf > this.#at && this.#text[lf - 1] === '\r' ? lf - 1 : lf;
    const line = this.#text.slice(this.#at, end);
    this.#at = lf + 1;
    return line;
  }

  /** The next `count` octets; undefined while they are not all there. */
  octets(count: number): string | undefined {
    if (this.#text.length - this.#at < count) return undefined;
    const octets = this.#text.slice(this.#at, this.#at + count);
    this.#at += count;
    return octets;
  }

  /** What has come and was not taken. */
  get rest(): string {
    return this.#text.slice(this.#at);
  }
}
