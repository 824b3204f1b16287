import { nstring } from '../wire-format.ts';
import { envelope } from './envelope.ts';
import { fieldValue, type ParameterizedValue, parseParameters } from './header.ts';
import type { Part } from './part.ts';

/** BODYSTRUCTURE of a part, or BODY when `isExtended` is false. RFC 3501 section 7.4.2. */
export function bodyStructure(part: Part, isExtended: boolean): string {
  const [type = 'text', subtype = 'plain'] = part.contentType.value.split('/');
  const items =
    type === 'multipart' && part.children.length > 0
      ? multipartItems(part, subtype, isExtended)
      : singlePartItems(part, type, subtype, isExtended);
  return `(${items.join(' ')})`;
}

function multipartItems(part: Part, subtype: string, isExtended: boolean): string[] {
  const children = part.children.map((child) => bodyStructure(child, isExtended)).join('');
  const items = [children, upper(subtype)];
  if (isExtended) items.push(parameterList(part.contentType), disposition(part), language(part), 'NIL');
  return items;
}

function singlePartItems(part: Part, type: string, subtype: string, isExtended: boolean): string[] {
  const value = (name: string) => fieldValue(part.fields, name);
  const items = [upper(type), upper(subtype), parameterList(part.contentType)];
  items.push(nstring(value('content-id')), nstring(value('content-description')));
  items.push(upper(value('content-transfer-encoding') ?? '7bit'), String(part.body.length));
  const inner = part.children[0];
  if (inner !== undefined) items.push(envelope(inner.fields), bodyStructure(inner, isExtended));
  if (inner !== undefined || type === 'text') items.push(String(lines(part.body)));
  if (isExtended) items.push('NIL', disposition(part), language(part), 'NIL');
  return items;
}

function parameterList({ parameters }: ParameterizedValue): string {
  if (parameters.length === 0) return 'NIL';
  return `(${parameters.flatMap(([name, value]) => [upper(name), nstring(value)]).join(' ')})`;
}

function disposition(part: Part): string {
  const value = fieldValue(part.fields, 'content-disposition');
  if (value === undefined) return 'NIL';
  const parsed = parseParameters(value);
  return `(${upper(parsed.value)} ${parameterList(parsed)})`;
}

function language(part: Part): string {
  return nstring(fieldValue(part.fields, 'content-language'));
}

function upper(text: string): string {
  return nstring(text.toUpperCase());
}

function lines(text: string): number {
  return text.split('\n').length - 1;
}
