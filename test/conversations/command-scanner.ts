/** Reads names of commands off what a client sends: latin1, literals skipped, continuations of SASL and IDLE too. */
export class CommandScanner {
  readonly #onCommand: (name: string) => void;
  #pending = '';
  #literalOctets = 0;
  /** What comes is the rest of a line whose command is known. */
  #isContinued = false;

  constructor(onCommand: (name: string) => void) {
    this.#onCommand = onCommand;
  }

  push(octets: Buffer): void {
    this.#pending += octets.toString('latin1');
    for (;;) {
      const skipped = Math.min(this.#literalOctets, this.#pending.length);
      this.#pending = this.#pending.slice(skipped);
      this.#literalOctets -= skipped;
      const end = this.#pending.indexOf('\n') + 1;
      if (this.#literalOctets > 0 || end === 0) return;
      this.#takeLine(this.#pending.slice(0, end).trimEnd());
      this.#pending = this.#pending.slice(end);
    }
  }

  #takeLine(line: string): void {
    // A line of one word answers a continuation request.
    const name = /^\S+ ((?:UID )?\S+)/i.exec(line)?.[1];
    if (!this.#isContinued && name !== undefined) this.#onCommand(name.toUpperCase());
    const literal = /\{(\d+)\+?\}$/.exec(line)?.[1];
    this.#isContinued = literal !== undefined;
    this.#literalOctets = Number(literal ?? 0);
  }
}
