import type { Arguments } from '../arguments.ts';
import { CommandError } from '../command-error.ts';
import type { Part } from './part.ts';

/** What stands in the brackets of `BODY[...]`: part numbers, then which piece of that part. */
export interface Section {
  readonly path: readonly number[];
  readonly piece: 'ALL' | 'HEADER' | 'HEADER.FIELDS' | 'HEADER.FIELDS.NOT' | 'TEXT' | 'MIME';
  /** As the client spelt them; only with HEADER.FIELDS and HEADER.FIELDS.NOT. */
  readonly fields: readonly string[];
}

const PIECES = ['HEADER.FIELDS.NOT', 'HEADER.FIELDS', 'HEADER', 'TEXT', 'MIME'] as const;

/**
 * Reads a section up to and with its closing bracket.
 *
 * @throws CommandError (BAD) when it is none. RFC 3501 section 6.4.5
 */
export function readSection(args: Arguments): Section {
  const path: number[] = [];
  while (!args.isNext(']') && !PIECES.some((piece) => args.isNext(piece))) {
    path.push(args.number());
    if (!args.accept('.')) break;
  }
  const piece = PIECES.find((candidate) => args.accept(candidate)) ?? 'ALL';
  if (piece === 'MIME' && path.length === 0) throw new CommandError('BAD', 'MIME needs a part number');
  let fields: string[] = [];
  if (piece.startsWith('HEADER.')) {
    args.expect(' ');
    fields = args.list(() => args.astring());
  }
  args.expect(']');
  return { path, piece, fields };
}

/** The octets of a section; undefined when the message has no such part. */
export function sectionOctets(message: Part, section: Section): string | undefined {
  const { path, piece } = section;
  const part = path.length === 0 ? message : findPart(message, path);
  if (part === undefined) return undefined;
  if (piece === 'ALL') return path.length === 0 ? part.header + part.body : part.body;
  if (piece === 'MIME') return part.header;
  // With part numbers, HEADER and TEXT speak of the message that the part holds.
  const target = path.length === 0 ? part : messageInside(part);
  if (target === undefined) return undefined;
  if (piece === 'HEADER') return target.header;
  if (piece === 'TEXT') return target.body;
  const names = new Set(section.fields.map((name) => name.toLowerCase()));
  const wanted = target.fields.filter(({ name }) => names.has(name) === (piece === 'HEADER.FIELDS'));
  return `${wanted.map(({ raw }) => raw).join('')}\r\n`;
}

/** `holder` is what part numbers count in: a message or a multipart. */
function findPart(holder: Part, [number = 0, ...rest]: readonly number[]): Part | undefined {
  // What is not a multipart has one part, number 1: its body.
  const part = isMultipart(holder) ? holder.children[number - 1] : [holder][number - 1];
  if (part === undefined || rest.length === 0) return part;
  const inner = isMultipart(part) ? part : messageInside(part);
  return inner === undefined ? undefined : findPart(inner, rest);
}

function isMultipart(part: Part): boolean {
  return part.contentType.value.startsWith('multipart/');
}

function messageInside(part: Part): Part | undefined {
  return part.contentType.value === 'message/rfc822' ? part.children[0] : undefined;
}
