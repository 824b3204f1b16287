/**
 * The three spellings of an argument: atom, quoted string, literal.
 *
 * @see RFC 9051 sections 4.1, 4.3 and section 9 (`astring`)
 */
import { BACKSLASH, CR, DQUOTE, LF, RPAREN, SP } from './octets.ts';

/** A command's text up to a literal, and that literal's octets; the last segment has none. */
export interface Segment {
  /** Without the literal marker and without the line ending. */
  readonly text: Buffer;
  readonly literal: Buffer | undefined;
}

/** Reads one argument after another. Octets come out as the client meant them: unquoted, unescaped. */
export class ArgumentReader {
  readonly #segments: readonly Segment[];
  #segment = 0;
  #at = 0;

  /** `segments` must not be empty; they begin behind the command name. */
  constructor(segments: readonly Segment[]) {
    this.#segments = segments;
  }

  /** Whether only spaces are left. */
  get isAtEnd(): boolean {
    this.#skipSpaces();
    return this.#segment === this.#segments.length - 1 && this.#at === this.#text.length;
  }

  /** Whether the next argument is written neither in quotes nor as a literal. */
  get isAtAtom(): boolean {
    this.#skipSpaces();
    return isAtomOctet(this.#text[this.#at]);
  }

  /** Takes `octet`, spaces before it included, if it comes next. */
  take(octet: number): boolean {
    this.#skipSpaces();
    if (this.#text[this.#at] !== octet) return false;
    this.#at += 1;
    return true;
  }

  /** The next argument, or undefined when there is none or it is no astring (a list, a bare `{`, 8-bit text). */
  readAString(): Buffer | undefined {
    this.#skipSpaces();
    const text = this.#text;
    if (this.#at === text.length) return this.#takeLiteral();
    return text[this.#at] === DQUOTE ? this.#takeQuoted(text) : this.#takeAtom(text);
  }

  /** The next word up to a space, as latin1 text; undefined when there is none. */
  readWord(): string | undefined {
    this.#skipSpaces();
    const text = this.#text;
    const start = this.#at;
    while (this.#at < text.length && text[this.#at] !== SP) this.#at += 1;
    return this.#at === start ? undefined : text.toString('latin1', start, this.#at);
  }

  get #text(): Buffer {
    return this.#segments[this.#segment]?.text ?? Buffer.alloc(0);
  }

  #skipSpaces(): void {
    const text = this.#text;
    while (text[this.#at] === SP) this.#at += 1;
  }

  #takeLiteral(): Buffer | undefined {
    const literal = this.#segments[this.#segment]?.literal;
    if (literal === undefined) return undefined;
    this.#segment += 1;
    this.#at = 0;
    return literal;
  }

  #takeQuoted(text: Buffer): Buffer | undefined {
    const octets: number[] = [];
    for (let at = this.#at + 1; at < text.length; at += 1) {
      const octet = text[at] ?? 0;
      if (octet === DQUOTE) {
        this.#at = at + 1;
        return Buffer.from(octets);
      }
      if (octet !== BACKSLASH) {
        octets.push(octet);
        continue;
      }
      // Dovecot drops the backslash before any octet, also where the grammar allows only `"` and `\`.
      at += 1;
      if (at < text.length) octets.push(text[at] ?? 0);
    }
    return undefined;
  }

  #takeAtom(text: Buffer): Buffer | undefined {
    const start = this.#at;
    while (isAtomOctet(text[this.#at])) this.#at += 1;
    const next = text[this.#at];
    // A literal right behind an atom is no argument of its own: servers refuse both.
    const isGlued = this.#at === text.length && this.#segments[this.#segment]?.literal !== undefined;
    const isWhole = !isGlued && (this.#at === text.length || next === SP || next === RPAREN);
    return this.#at === start || !isWhole ? undefined : Buffer.from(text.subarray(start, this.#at));
  }
}

/**
 * What servers take in an unquoted argument. `%`, `*`, `\` and `]` are not in the grammar's ASTRING-CHAR, but
 * Dovecot takes them and passwords hold them.
 */
function isAtomOctet(octet: number | undefined): boolean {
  return octet !== undefined && octet > SP && octet < 0x7f && !'(){"'.includes(String.fromCharCode(octet));
}

/** How {@link formatString} wrote an argument: complete, or with a literal that has to wait for `+`. */
export interface FormattedString {
  readonly text: string;
  readonly literal: Buffer | undefined;
}

/** Longest string written in quotes; Dovecot and others take far more, but a literal is never wrong. */
const MAX_QUOTED_OCTETS = 1000;

/**
 * Writes `octets` as a quoted string where that can carry them, else as the marker of a literal, so that
 * no octet of a name or password can ever end the command (RFC 9051 section 9: QUOTED-CHAR is 7-bit here,
 * without CR and LF).
 */
export function formatString(
  octets: Buffer,
  literal: 'synchronizing' | 'non-synchronizing',
): FormattedString {
  if (octets.length <= MAX_QUOTED_OCTETS && octets.every(isQuotable)) {
    return { text: `"${octets.toString('latin1').replaceAll(/["\\]/g, '\\$&')}"`, literal: undefined };
  }
  return { text: `{${octets.length}${literal === 'non-synchronizing' ? '+' : ''}}`, literal: octets };
}

function isQuotable(octet: number): boolean {
  return octet !== CR && octet !== LF && octet >= SP && octet < 0x7f;
}
