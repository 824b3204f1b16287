/**
 * Reads the beginning of a command line: `tag SP command-name`. Arguments stay raw.
 *
 * @see RFC 9051 section 2.2.1 and section 9 (`command`)
 */
import { contentEnd, wordEnd } from './octets.ts';
import { parseTag, type Tag } from './tag.ts';

export interface CommandHead {
  readonly tag: Tag;
  /** Upper case; with its second word for UID (`UID FETCH`). Empty when the line has a tag only. */
  readonly name: string;
  /** Offset of the first octet behind the name and one space. */
  readonly argumentsAt: number;
  /** Offset behind the last octet of the line's content. */
  readonly end: number;
}

/** No command name of any RFC is half as long; a longer word is cut and so stays unknown. */
const MAX_NAME_OCTETS = 40;

/**
 * Reads the head of `source[start..end)`, line ending included or not. Undefined when no valid tag begins
 * the line, so that no tagged response can be expected: servers answer such lines with an untagged BAD.
 */
export function parseCommandHead(source: Buffer, start: number, end: number): CommandHead | undefined {
  const stop = contentEnd(source, start, end);
  const tagEnd = wordEnd(source, start, stop);
  const tag = parseTag(source.toString('latin1', start, tagEnd));
  if (tag === undefined) return undefined;
  const nameAt = Math.min(stop, tagEnd + 1);
  const nameEnd = wordEnd(source, nameAt, stop);
  const name = wordAt(source, nameAt, nameEnd);
  if (name !== 'UID') return { tag, name, argumentsAt: Math.min(stop, nameEnd + 1), end: stop };
  const secondAt = Math.min(stop, nameEnd + 1);
  const secondEnd = wordEnd(source, secondAt, stop);
  const second = wordAt(source, secondAt, secondEnd);
  return { tag, name: `UID ${second}`, argumentsAt: Math.min(stop, secondEnd + 1), end: stop };
}

function wordAt(source: Buffer, start: number, end: number): string {
  return source.toString('latin1', start, Math.min(end, start + MAX_NAME_OCTETS)).toUpperCase();
}
