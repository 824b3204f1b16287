import { isUtf8 } from 'node:buffer';
import type { Finding } from './finding.ts';

/** A line that sets something: keyword and value as written, except that the keyword is in lower case. */
export interface Setting {
  readonly keyword: string;
  /** Trimmed and not empty; inner blanks are kept. */
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

/** What the text of a file says, before any directive is looked up. */
export interface ParsedText {
  readonly settings: readonly Setting[];
  readonly findings: readonly Finding[];
}

const NUL = 0x00;
const LF = 0x0a;
const HASH = 0x23;
const UTF8_MARK = Buffer.from('\u{feff}');

/**
 * Splits the text of a configuration file into settings. Never throws, whatever the octets are.
 *
 * A superset of the classic grammar: one `keyword value` a line, parted by blanks or tabs; `#` starts a
 * comment anywhere, so no value can hold one; CR LF and LF both end a line. Where the classic daemon stops
 * or reads garbage (indented comment, line of blanks, tab after the keyword, last line without LF), this
 * reads on.
 *
 * @param file names the file in findings.
 */
export function parseConfig(file: string, text: string | Uint8Array): ParsedText {
  const settings: Setting[] = [];
  const findings: Finding[] = [];
  const octets = withoutMark(octetsOf(text));
  if (octets.includes(NUL)) {
    const line = lineOf(octets, octets.indexOf(NUL));
    const message = 'cannot read a NUL octet: expected UTF-8 text';
    return { settings, findings: [{ severity: 'error', file, line, message }] };
  }
  let line = 0;
  for (const piece of linesOf(octets)) {
    line += 1;
    const read = parseLine(piece);
    if (read === undefined) continue;
    if ('message' in read) findings.push({ severity: 'error', file, line, ...read });
    else settings.push({ ...read, line });
  }
  return { settings, findings };
}

/**
 * The name that `keyword` begins with, up to 60 characters. No finding repeats what follows it: after
 * `auth_shared_secret=` that is a secret.
 */
export function nameIn(keyword: string): string | undefined {
  return /^[\w.-]{1,60}/.exec(keyword)?.[0];
}

function octetsOf(text: string | Uint8Array): Buffer {
  return typeof text === 'string'
    ? Buffer.from(text)
    : Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}

function withoutMark(octets: Buffer): Buffer {
  return octets.subarray(0, UTF8_MARK.length).equals(UTF8_MARK) ? octets.subarray(UTF8_MARK.length) : octets;
}

function lineOf(octets: Buffer, offset: number): number {
  return octets.subarray(0, offset).filter((octet) => octet === LF).length + 1;
}

function* linesOf(octets: Buffer): Generator<Buffer> {
  let start = 0;
  while (start < octets.length) {
    const found = octets.indexOf(LF, start);
    const end = found === -1 ? octets.length : found;
    yield octets.subarray(start, end);
    start = end + 1;
  }
}

type LineRead = Pick<Setting, 'keyword' | 'value'> | Pick<Finding, 'directive' | 'message'> | undefined;

function parseLine(piece: Buffer): LineRead {
  const comment = piece.indexOf(HASH);
  const live = comment === -1 ? piece : piece.subarray(0, comment);
  // Comments are left out of this: files from before UTF-8 carry Latin-1 there and work all the same.
  if (!isUtf8(live)) return { message: 'cannot read the line: expected UTF-8 text' };
  const line = trimBlanks(live.toString().replace(/\r$/, ''));
  if (line === '') return undefined;
  if (/[^\P{Cc}\t]/u.test(line)) return { message: 'cannot read a control character' };
  const keywordEnd = line.search(/[ \t]/);
  if (keywordEnd !== -1) {
    return { keyword: line.slice(0, keywordEnd).toLowerCase(), value: trimBlanks(line.slice(keywordEnd)) };
  }
  const directive = nameIn(line);
  if (directive !== line) return { directive, message: 'expected a blank between keyword and value' };
  return { directive, message: 'expected a value after the keyword' };
}

/** As `trim`, for blanks and tabs only. A pattern anchored at the end would take quadratic time. */
function trimBlanks(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isBlank(text[start])) start += 1;
  while (end > start && isBlank(text[end - 1])) end -= 1;
  return text.slice(start, end);
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}
