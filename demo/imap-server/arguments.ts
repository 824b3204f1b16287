import { CommandError } from './command-error.ts';

/**
 * A cursor over the arguments of one command. Every method takes what its name says or throws; the
 * text has one character per octet.
 *
 * @throws CommandError (BAD) from every method when the text does not fit the grammar.
 * @see RFC 3501 section 9
 */
export class Arguments {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Whether `text` (any case) comes next; the cursor stays where it is. */
  isNext(text: string): boolean {
    return this.#text.slice(this.#at, this.#at + text.length).toUpperCase() === text.toUpperCase();
  }

  /** Steps over `text` if it comes next. */
  accept(text: string): boolean {
    if (!this.isNext(text)) return false;
    this.#at += text.length;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw new CommandError('BAD', `Expected "${text}" in the arguments`);
  }

  end(): void {
    if (!this.atEnd) throw new CommandError('BAD', 'Too many arguments');
  }

  /** A run of atom characters, flags and sequence sets included. */
  atom(): string {
    return this.#match(/[!#-'*-z|}~]+/y, 'an atom');
  }

  number(): number {
    return Number(this.#match(/\d{1,10}/y, 'a number'));
  }

  /** atom, quoted string or literal. */
  astring(): string {
    return this.isNext('"') || this.isNext('{') ? this.string() : this.atom();
  }

  /** An astring read as UTF-8: user names, passwords, search texts. */
  text(): string {
    return Buffer.from(this.astring(), 'latin1').toString('utf8');
  }

  /** Quoted string or literal. */
  string(): string {
    if (!this.isNext('{')) {
      const quoted = this.#match(/"(?:[^"\\\r\n]|\\["\\])*"/y, 'a string');
      return quoted.slice(1, -1).replace(/\\(.)/g, '$1');
    }
    const marker = this.#match(/\{\d{1,10}\+?\}\r\n/y, 'a literal');
    const start = this.#at;
    this.#at += Number.parseInt(marker.slice(1), 10);
    return this.#text.slice(start, this.#at);
  }

  /** What `item` reads, once for each element of a parenthesised list; may be empty. */
  list<T>(item: () => T): T[] {
    const items: T[] = [];
    this.expect('(');
    while (!this.accept(')')) {
      if (items.length > 0) this.expect(' ');
      items.push(item());
    }
    return items;
  }

  #match(pattern: RegExp, what: string): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text);
    if (match === null) throw new CommandError('BAD', `Expected ${what} in the arguments`);
    this.#at = pattern.lastIndex;
    return match[0];
  }
}
