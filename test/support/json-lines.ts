/** One line of a JSON log. */
export interface LogEntry {
  readonly msg: string;
  readonly address?: string;
  readonly port?: number;
  readonly [field: string]: unknown;
}

/** Collects the entries of a JSON log from the pieces in which it arrives. */
export class JsonLines {
  readonly entries: LogEntry[] = [];
  #partialLine = '';

  /** Takes the next piece. Lines that are no JSON object, such as the trace of a crash, are passed over. */
  push(text: string): void {
    const lines = `${this.#partialLine}${text}`.split('\n');
    this.#partialLine = lines.pop() ?? '';
    this.entries.push(
      ...lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as LogEntry),
    );
  }
}
