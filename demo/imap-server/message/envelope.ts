import { nstring } from '../wire-format.ts';
import { type Field, fieldValue } from './header.ts';

/** The ENVELOPE of a message, RFC 3501 section 7.4.2. */
export function envelope(fields: readonly Field[]): string {
  const text = (name: string) => nstring(fieldValue(fields, name));
  const people = (name: string) => addressList(fieldValue(fields, name));
  const from = people('from');
  const orFrom = (list: string) => (list === 'NIL' ? from : list);
  const recipients = ['to', 'cc', 'bcc'].map(people);
  const origin = [from, orFrom(people('sender')), orFrom(people('reply-to'))];
  const rest = [...origin, ...recipients, text('in-reply-to'), text('message-id')];
  return `(${[text('date'), text('subject'), ...rest].join(' ')})`;
}

function addressList(value: string | undefined): string {
  const addresses = splitAddresses(value ?? '').map(address);
  return addresses.length === 0 ? 'NIL' : `(${addresses.join('')})`;
}

/** Splits at commas that stand outside quotes and angle brackets. */
function splitAddresses(list: string): string[] {
  const addresses = list.match(/(?:"(?:[^"\\]|\\.)*"|<[^>]*>|[^,"<])+/g) ?? [];
  return addresses.map((text) => text.trim()).filter((text) => text !== '');
}

function address(text: string): string {
  const named = /^(.*?)\s*<([^>]*)>/.exec(text);
  const name = named?.[1]?.replace(/^"|"$/g, '').replace(/\\(.)/g, '$1');
  const spec = named?.[2] ?? text;
  const at = spec.lastIndexOf('@');
  const [mailbox, host] = at === -1 ? [spec, undefined] : [spec.slice(0, at), spec.slice(at + 1)];
  return `(${nstring(name === '' ? undefined : name)} NIL ${nstring(mailbox)} ${nstring(host)})`;
}
