/**
 * The untagged responses that SELECT or EXAMINE was answered with, line by line, so that single ones can be brought
 * up to date.
 *
 * @see RFC 9051 section 6.3.2, RFC 3501 section 7.3.2 (RECENT), RFC 7162 sections 3.1.2 and 3.2.11, RFC 8474 section 4.1
 */

/** Lines with a number that STATUS tells as well. */
export type SelectNumber = 'EXISTS' | 'RECENT' | 'UIDNEXT' | 'UIDVALIDITY' | 'HIGHESTMODSEQ';

const LINE = /^\* (?:\d+ (EXISTS|RECENT)|(FLAGS) \([^()\r\n]*\)|OK \[([A-Z]+)[^\]\r\n]*\][^\r\n]*)\r\n$/i;

const CODES: ReadonlySet<string> = new Set([
  'CLOSED',
  'HIGHESTMODSEQ',
  'MAILBOXID',
  'PERMANENTFLAGS',
  'UIDNEXT',
  'UIDVALIDITY',
  'UNSEEN',
]);

const REQUIRED = ['FLAGS', 'EXISTS', 'RECENT', 'UIDVALIDITY', 'UIDNEXT', 'HIGHESTMODSEQ'];

/** What may be told anew by itself. */
const REPLACEABLE: ReadonlySet<string> = new Set(['FLAGS', 'PERMANENTFLAGS']);

export class SelectAnswer {
  /** By response or code name, in the order of the server. */
  readonly #lines: ReadonlyMap<string, string>;

  private constructor(lines: ReadonlyMap<string, string>) {
    this.#lines = lines;
  }

  /**
   * Reads `text`, line endings included. Undefined where it tells less than is needed to say it again, or anything
   * besides, or does not begin with CLOSED: it was no answer to a second SELECT then.
   */
  static read(text: string): SelectAnswer | undefined {
    const lines = new Map<string, string>();
    for (const line of text.split(/(?<=\n)/)) {
      const name = nameOf(line);
      if (name === undefined || lines.has(name)) return undefined;
      if ((name === 'CLOSED') !== (lines.size === 0)) return undefined;
      lines.set(name, line);
    }
    return REQUIRED.every((name) => lines.has(name)) ? new SelectAnswer(lines) : undefined;
  }

  /** As it goes to a client, line endings included. */
  get text(): string {
    return [...this.#lines.values()].join('');
  }

  /** As the server wrote it. */
  numberOf(name: SelectNumber): string {
    return NUMBER.exec(this.#lines.get(name) ?? '')?.[0] ?? '';
  }

  /**
   * The same answer, some time later.
   *
   * @param news lines that the server has said meanwhile; those with the flags of the mailbox are taken over.
   * @param firstUnseen sequence number of the first message that is not seen; empty where all are.
   */
  updated(
    news: readonly string[],
    numbers: Readonly<Record<SelectNumber, string>>,
    firstUnseen: string,
  ): SelectAnswer {
    const lines = new Map<string, string>();
    const unseen = this.#lines.get('UNSEEN') ?? '* OK [UNSEEN 0] First unseen.\r\n';
    for (const [name, line] of this.#lines) {
      if (name !== 'UNSEEN') lines.set(name, line);
      if (name === 'RECENT' && firstUnseen !== '') {
        lines.set('UNSEEN', unseen.replace(NUMBER, firstUnseen));
      }
    }
    for (const line of news) {
      const name = nameOf(line) ?? '';
      if (REPLACEABLE.has(name)) lines.set(name, line);
    }
    for (const [name, value] of Object.entries(numbers)) {
      lines.set(name, (lines.get(name) ?? '').replace(NUMBER, value));
    }
    return new SelectAnswer(lines);
  }
}

const NUMBER = /\d+/;

function nameOf(line: string): string | undefined {
  const [, count, flags, code] = LINE.exec(line) ?? [];
  const name = (count ?? flags ?? code)?.toUpperCase();
  return code === undefined || CODES.has(name ?? '') ? name : undefined;
}
