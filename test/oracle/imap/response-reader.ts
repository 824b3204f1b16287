/** Cuts what a client reads into responses, literals included. */
import { LineReader } from './line-reader.ts';

export class ResponseReader {
  readonly #reader = new LineReader();
  #response = '';
  #missing = 0;

  /** The responses that have become whole, without their last line endings. */
  read(text: string): string[] {
    const responses: string[] = [];
    this.#reader.push(text);
    for (;;) {
      if (this.#missing > 0) {
        const octets = this.#reader.octets(this.#missing);
        if (octets === undefined) return responses;
        this.#response += octets;
        this.#missing = 0;
      }
      const line = this.#reader.line();
      if (line === undefined) return responses;
      this.#response += line;
      // Only data announces literals; the words of a status may end like one.
      const marker = /^\* (?!(?:OK|NO|BAD|BYE|PREAUTH)\b)/.test(this.#response)
        ? /\{(\d+)\}$/.exec(line)
        : null;
      if (marker === null) {
        responses.push(this.#response);
        this.#response = '';
      } else {
        this.#response += '\r\n';
        this.#missing = Number(marker[1]);
      }
    }
  }

  /** What has come of a response that is not whole. */
  get rest(): string {
    return this.#response + this.#reader.rest;
  }
}
