import { LimitExceededError } from '../base/errors.ts';
import { MAX_LITERAL_OCTETS } from './limits.ts';
import { isDigit, LBRACE, PLUS, RBRACE } from './octets.ts';

/**
 * What the end of a line announces: `{n}`, `{n+}`, `~{n}` or `~{n+}`.
 *
 * @see RFC 9051 section 4.3, RFC 7888, RFC 3516 (literal8)
 */
export interface LiteralMarker {
  /** Octets that follow the line. */
  readonly octets: number;
  /** `{n}` from a client: it waits for a continuation request before it sends the literal. */
  readonly isSynchronizing: boolean;
}

/** Octets at the end of a line that are enough to see any marker: `~{20 digits+}` and CR LF. */
export const MARKER_TAIL_OCTETS = 26;

/** Of a 64-bit number. More digits are refused, also where nobody can see any more whether a brace was before them. */
const MAX_DIGITS = 20;

/**
 * Reads the marker that ends the line content `source[start..end)` (line ending not included). Only a
 * marker right at the end counts: `{5} `, `{5-}`, `{+5}` and `{}` announce nothing.
 *
 * @throws LimitExceededError when the announced size cannot be counted exactly.
 */
export function parseLiteralMarker(source: Buffer, start: number, end: number): LiteralMarker | undefined {
  if (end - start < 3 || source[end - 1] !== RBRACE) return undefined;
  const hasPlus = source[end - 2] === PLUS;
  const digitsEnd = hasPlus ? end - 2 : end - 1;
  let at = digitsEnd;
  while (at > start && isDigit(source[at - 1])) at -= 1;
  if (digitsEnd - at > MAX_DIGITS) throw new LimitExceededError('MAX_LITERAL_OCTETS', MAX_LITERAL_OCTETS);
  if (at === digitsEnd || at === start || source[at - 1] !== LBRACE) return undefined;
  const octets = Number(source.toString('latin1', at, digitsEnd));
  if (octets > MAX_LITERAL_OCTETS) throw new LimitExceededError('MAX_LITERAL_OCTETS', MAX_LITERAL_OCTETS);
  return { octets, isSynchronizing: !hasPlus };
}
