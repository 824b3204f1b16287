import { type Owner, ownerOf } from './connection-state.ts';

/** A command with the literals it holds. */
export interface Command {
  readonly tag: string;
  readonly owner: Owner;
  /** Upper case; both words of a UID command. */
  readonly name: string;
  /** Behind the name: literals stand as their markers. */
  readonly args: string;
  readonly literals: readonly string[];
  /** All its lines and literals as they came, without the last line ending. */
  readonly text: string;
}

/** The tag, name (empty when there is none) and arguments of a line; undefined when no valid tag begins it. */
export function parseCommand(
  line: string,
  literals: readonly string[] = [],
  text: string = line,
): Command | undefined {
  const match = /^([!#$&',\-./0-9:;<=>?@A-Z[^_`a-z|}~]+)(?: ((?:UID )?[^ ]*) ?(.*))?$/i.exec(line);
  if (match === null) return undefined;
  const [, tag = '', name = '', args = ''] = match;
  return { tag, owner: ownerOf(tag), name: name.toUpperCase(), args, literals, text };
}

/** The marker that ends a line: `{n}` or `{n+}`. */
export function markerOf(
  line: string,
): { readonly octets: number; readonly isSynchronizing: boolean } | undefined {
  if (!line.endsWith('}')) return undefined;
  const match = /\{(\d+)(\+?)\}$/.exec(line);
  return match === null ? undefined : { octets: Number(match[1]), isSynchronizing: match[2] === '' };
}
