import { type Field, fieldValue, type ParameterizedValue, parseFields, parseParameters } from './header.ts';

/** A message or one part of it, taken apart. All texts have one character per octet. */
export interface Part {
  /** With the empty line that ends it. */
  readonly header: string;
  readonly body: string;
  readonly fields: readonly Field[];
  readonly contentType: ParameterizedValue;
  /** The parts of a multipart; the message inside a message/rfc822. */
  readonly children: readonly Part[];
}

/** A message nested deeper than this is shown as if its innermost part were plain data. */
const MAX_DEPTH = 16;

/** Takes a message or body part apart, RFC 2045 and 2046; anything can be read as one. */
export function parsePart(octets: string, defaultType = 'text/plain; charset=us-ascii', depth = 0): Part {
  const end = /(?:^|\r?\n)\r?\n/.exec(octets);
  const bodyStart = end === null ? octets.length : end.index + end[0].length;
  const header = octets.slice(0, bodyStart);
  const body = octets.slice(bodyStart);
  const fields = parseFields(header);
  const contentType = parseParameters(fieldValue(fields, 'content-type') ?? defaultType);
  const children = depth < MAX_DEPTH ? parseChildren(contentType, body, depth + 1) : [];
  return { header, body, fields, contentType, children };
}

function parseChildren(contentType: ParameterizedValue, body: string, depth: number): Part[] {
  if (contentType.value === 'message/rfc822') return [parsePart(body, undefined, depth)];
  if (!contentType.value.startsWith('multipart/')) return [];
  const boundary = contentType.parameters.find(([name]) => name === 'boundary')?.[1];
  if (boundary === undefined) return [];
  const childType = contentType.value === 'multipart/digest' ? 'message/rfc822' : undefined;
  return splitAtBoundary(body, boundary).map((part) => parsePart(part, childType, depth));
}

/** The line ending before a boundary belongs to the boundary (RFC 2046 section 5.1.1). */
function splitAtBoundary(body: string, boundary: string): string[] {
  const escaped = boundary.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pieces = body.split(new RegExp(`(?:^|\\r?\\n)--${escaped}(--)?[ \\t]*(?=\\r?\\n|$)`));
  const parts: string[] = [];
  // Even places hold text, odd ones whether the boundary before the next text was the last one.
  for (let at = 1; at < pieces.length && pieces[at] === undefined; at += 2) {
    parts.push((pieces[at + 1] ?? '').replace(/^\r?\n/, ''));
  }
  return parts;
}
