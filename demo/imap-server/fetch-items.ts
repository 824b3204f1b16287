import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import type { Message } from './mailbox.ts';
import { bodyStructure } from './message/body-structure.ts';
import { envelope } from './message/envelope.ts';
import { partOf } from './message/part-of.ts';
import { readSection, type Section, sectionOctets } from './message/section.ts';
import { dateTime } from './wire-format.ts';

/** One thing a FETCH asks for: its name in the answer, its value, and whether reading it sets `\Seen`. */
export interface FetchItem {
  readonly label: string;
  readonly marksSeen: boolean;
  value(message: Message): string;
}

const MACROS: Readonly<Record<string, readonly string[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};

const VALUES: Readonly<Record<string, FetchItem['value']>> = {
  FLAGS: ({ flags }) => `(${[...flags].join(' ')})`,
  UID: ({ uid }) => String(uid),
  INTERNALDATE: ({ internalDate }) => dateTime(internalDate),
  'RFC822.SIZE': ({ octets }) => String(octets.length),
  ENVELOPE: (message) => envelope(partOf(message).fields),
  BODY: (message) => bodyStructure(partOf(message), false),
  BODYSTRUCTURE: (message) => bodyStructure(partOf(message), true),
};

const WHOLE: Section = { path: [], piece: 'ALL', fields: [] };

/**
 * Reads what a FETCH asks for: a macro, one item or a list.
 *
 * @throws CommandError (BAD) for an unknown item. RFC 3501 section 6.4.5
 */
export function readFetchItems(args: Arguments): FetchItem[] {
  if (args.isNext('(')) return args.list(() => readItem(args));
  const macro = Object.keys(MACROS).find((name) => args.accept(name));
  return macro === undefined ? [readItem(args)] : (MACROS[macro] ?? []).map(plainItem);
}

/** The untagged FETCH response for one message, without the leading `* `. */
export function fetchResponse(sequence: number, message: Message, items: readonly FetchItem[]): string {
  const values = items.map((item) => `${item.label} ${item.value(message)}`);
  return `${sequence} FETCH (${values.join(' ')})`;
}

/** The item called `name`, which takes no section. */
export function plainItem(name: string): FetchItem {
  const value = VALUES[name];
  if (value === undefined) throw new CommandError('BAD', 'Unknown FETCH item');
  return { label: name, marksSeen: false, value };
}

function readItem(args: Arguments): FetchItem {
  if (args.accept('BODY.PEEK[')) return readSectionItem(args, false);
  if (args.accept('BODY[')) return readSectionItem(args, true);
  const name = args.atom().toUpperCase();
  if (name === 'RFC822') return sectionItem(name, WHOLE, true);
  if (name === 'RFC822.HEADER') return sectionItem(name, { ...WHOLE, piece: 'HEADER' }, false);
  if (name === 'RFC822.TEXT') return sectionItem(name, { ...WHOLE, piece: 'TEXT' }, true);
  return plainItem(name);
}

function readSectionItem(args: Arguments, marksSeen: boolean): FetchItem {
  const section = readSection(args);
  if (!args.accept('<')) return sectionItem(`BODY[${spell(section)}]`, section, marksSeen);
  const start = args.number();
  args.expect('.');
  const end = start + args.number();
  args.expect('>');
  return sectionItem(`BODY[${spell(section)}]<${start}>`, section, marksSeen, [start, end]);
}

function sectionItem(label: string, section: Section, marksSeen: boolean, range: number[] = []): FetchItem {
  const value: FetchItem['value'] = (message) => {
    const text = sectionOctets(partOf(message), section)?.slice(...range);
    return text === undefined ? 'NIL' : `{${text.length}}\r\n${text}`;
  };
  return { label, marksSeen, value };
}

/** The section as the answer repeats it; clients compare it with what they asked for. */
function spell({ path, piece, fields }: Section): string {
  const words = piece === 'ALL' ? [...path] : [...path, piece];
  return fields.length === 0 ? words.join('.') : `${words.join('.')} (${fields.join(' ')})`;
}
