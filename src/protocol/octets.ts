/** The octets that IMAP framing is made of, and comparisons that allocate nothing. */

export const LF = 0x0a;
export const CR = 0x0d;
export const SP = 0x20;
export const DQUOTE = 0x22;
export const LPAREN = 0x28;
export const RPAREN = 0x29;
export const ASTERISK = 0x2a;
export const PLUS = 0x2b;
export const BACKSLASH = 0x5c;
export const LBRACE = 0x7b;
export const RBRACE = 0x7d;

/** Tells whether `octet` is an ASCII digit. */
export function isDigit(octet: number | undefined): boolean {
  return octet !== undefined && octet >= 0x30 && octet <= 0x39;
}

/**
 * Tells whether `source` holds the upper-case ASCII `word` at `start`, in any letter case (RFC 9051
 * section 9: literal strings of the grammar are case-insensitive). What follows the word is not looked at.
 */
export function startsWithWord(source: Buffer, start: number, end: number, word: string): boolean {
  if (end - start < word.length) return false;
  for (let at = 0; at < word.length; at += 1) {
    const octet = source[start + at] ?? 0;
    const upper = octet >= 0x61 && octet <= 0x7a ? octet - 0x20 : octet;
    if (upper !== word.charCodeAt(at)) return false;
  }
  return true;
}

/** Tells whether `source[start..end)` holds exactly the latin1 octets of `text`. */
export function equalsText(source: Buffer, start: number, end: number, text: string): boolean {
  if (end - start !== text.length) return false;
  for (let at = 0; at < text.length; at += 1) {
    if (source[start + at] !== text.charCodeAt(at)) return false;
  }
  return true;
}

/** Offset behind the content of the line `source[start..end)`: without LF and a CR right before it. */
export function contentEnd(source: Buffer, start: number, end: number): number {
  let at = end;
  if (at > start && source[at - 1] === LF) at -= 1;
  if (at > start && source[at - 1] === CR) at -= 1;
  return at;
}

/** Offset of the next space in `source[start..end)`, or `end` when there is none. */
export function wordEnd(source: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && source[at] !== SP) at += 1;
  return at;
}
