/**
 * Reads one response line of a server.
 *
 * @see RFC 9051 section 7 and section 9 (`response`)
 */
import { ASTERISK, contentEnd, PLUS, SP, startsWithWord, wordEnd } from './octets.ts';
import { type ResponseCode, splitResponseCode } from './response-code.ts';

/** OK, NO and BAD may be tagged; BYE and PREAUTH never are. */
export type Status = 'OK' | 'NO' | 'BAD' | 'BYE' | 'PREAUTH';

export type Response =
  | { readonly kind: 'continuation'; readonly text: string }
  | {
      readonly kind: 'status';
      /** Undefined for an untagged response. */
      readonly tag: string | undefined;
      readonly status: Status;
      readonly code: ResponseCode | undefined;
      readonly text: string;
      /** Code and text together, as they came. */
      readonly words: string;
    }
  | { readonly kind: 'data'; readonly name: string; readonly text: string }
  | { readonly kind: 'malformed' };

const STATUS_WORDS: readonly Status[] = ['OK', 'NO', 'BAD', 'BYE', 'PREAUTH'];

/**
 * Reads the line `source[start..end)`, ending included or not. Octets become latin1 characters, so
 * nothing is lost; a line that fits no form is `malformed`, never an error.
 */
export function parseResponse(source: Buffer, start = 0, end: number = source.length): Response {
  const stop = contentEnd(source, start, end);
  if (start >= stop) return { kind: 'malformed' };
  if (source[start] === PLUS)
    return { kind: 'continuation', text: source.toString('latin1', start + 1, stop).trimStart() };
  const firstEnd = wordEnd(source, start, stop);
  if (firstEnd === start || firstEnd === stop) return { kind: 'malformed' };
  const isUntagged = firstEnd === start + 1 && source[start] === ASTERISK;
  const status = statusAt(source, firstEnd + 1, stop);
  if (status !== undefined) {
    const words = source.toString('latin1', Math.min(stop, firstEnd + 2 + status.length), stop);
    const tag = isUntagged ? undefined : source.toString('latin1', start, firstEnd);
    return { kind: 'status', tag, status, words, ...splitResponseCode(words) };
  }
  if (!isUntagged) return { kind: 'malformed' };
  const nameEnd = wordEnd(source, firstEnd + 1, stop);
  const name = source.toString('latin1', firstEnd + 1, nameEnd).toUpperCase();
  return { kind: 'data', name, text: source.toString('latin1', Math.min(stop, nameEnd + 1), stop) };
}

/**
 * Tells whether a line (or the first octets of a long one) is untagged data, in which a literal may be
 * announced. The text of status responses may end in `{3}` by accident.
 */
export function isDataResponse(source: Buffer, start: number, end: number): boolean {
  if (end - start < 3 || source[start] !== ASTERISK || source[start + 1] !== SP) return false;
  return statusAt(source, start + 2, contentEnd(source, start, end)) === undefined;
}

/** The status word that begins at `start`, if one does and ends there with a space or the line. */
export function statusAt(source: Buffer, start: number, end: number): Status | undefined {
  for (const word of STATUS_WORDS) {
    if (!startsWithWord(source, start, end, word)) continue;
    const after = start + word.length;
    if (after === end || source[after] === SP) return word;
  }
  return undefined;
}
