/**
 * Joins neighbouring octets of one chunk, so that what passes through untouched is written once and
 * never copied.
 */
export class ForwardRun {
  readonly #write: (octets: Buffer) => void;
  #source: Buffer | undefined;
  #start = 0;
  #end = 0;

  constructor(write: (octets: Buffer) => void) {
    this.#write = write;
  }

  /** `source[start..end)` goes on, now or with its neighbours at {@link flush}. */
  forward(source: Buffer, start: number, end: number): void {
    if (source === this.#source && start === this.#end) {
      this.#end = end;
      return;
    }
    this.flush();
    this.#source = source;
    this.#start = start;
    this.#end = end;
  }

  /** Writes what has been joined; to be called when the chunk has been read, before it is let go. */
  flush(): void {
    const source = this.#source;
    if (source === undefined) return;
    this.#source = undefined;
    const isWhole = this.#start === 0 && this.#end === source.length;
    this.#write(isWhole ? source : source.subarray(this.#start, this.#end));
  }
}
