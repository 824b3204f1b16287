import type { Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import type { Message } from './mailbox.ts';
import { fieldValue } from './message/header.ts';
import { partOf } from './message/part-of.ts';
import type { Numbered, SelectedMailbox } from './selected-mailbox.ts';
import { parseDate } from './wire-format.ts';

/** Tells whether a message is found. */
export type SearchKey = (numbered: Numbered) => boolean;

const DAY_MS = 86_400_000;

const FLAG_KEYS: Readonly<Record<string, string>> = {
  SEEN: '\\Seen',
  ANSWERED: '\\Answered',
  FLAGGED: '\\Flagged',
  DELETED: '\\Deleted',
  DRAFT: '\\Draft',
};

/**
 * Reads search keys up to the end of the command; a message is found when all of them say so. Texts are
 * compared as they stand in the message, without decoding.
 *
 * @throws CommandError (BAD) for an unknown key. RFC 3501 section 6.4.4
 */
export function readSearchKeys(args: Arguments, selected: SelectedMailbox): SearchKey {
  const keys = [readKey(args, selected)];
  while (args.accept(' ')) keys.push(readKey(args, selected));
  return every(keys);
}

function readKey(args: Arguments, selected: SelectedMailbox): SearchKey {
  if (args.isNext('(')) return every(args.list(() => readKey(args, selected)));
  const word = args.atom();
  const name = word.toUpperCase();
  if (/^[\d*]/.test(word)) return among(selected, word, false);
  const flag = FLAG_KEYS[name] ?? FLAG_KEYS[name.replace(/^UN/, '')];
  if (flag !== undefined) return hasFlag(flag, name in FLAG_KEYS);
  if (name === 'ALL' || name === 'OLD') return () => true;
  if (name === 'NEW' || name === 'RECENT') return () => false;
  args.expect(' ');
  return readKeyWithArgument(name, args, selected);
}

function readKeyWithArgument(name: string, args: Arguments, selected: SelectedMailbox): SearchKey {
  switch (name) {
    case 'UID':
      return among(selected, args.atom(), true);
    case 'NOT':
      return not(readKey(args, selected));
    case 'OR':
      return readOr(args, selected);
    case 'KEYWORD':
    case 'UNKEYWORD':
      return hasFlag(args.atom(), name === 'KEYWORD');
    case 'LARGER':
    case 'SMALLER':
      return sizeIs(name, args.number());
    case 'TEXT':
      return contains(args.text(), (message) => message.octets);
    case 'BODY':
      return contains(args.text(), (message) => partOf(message).body);
    case 'HEADER':
      return readHeader(args);
    case 'FROM':
    case 'TO':
    case 'CC':
    case 'BCC':
    case 'SUBJECT':
      return headerContains(name.toLowerCase(), args.text());
    default:
      return dateIs(name, args);
  }
}

function readOr(args: Arguments, selected: SelectedMailbox): SearchKey {
  const first = readKey(args, selected);
  args.expect(' ');
  const second = readKey(args, selected);
  return (numbered) => first(numbered) || second(numbered);
}

function readHeader(args: Arguments): SearchKey {
  const name = args.astring().toLowerCase();
  args.expect(' ');
  return headerContains(name, args.text());
}

function dateIs(name: string, args: Arguments): SearchKey {
  const kind = /^(SENT)?(BEFORE|ON|SINCE)$/.exec(name);
  if (kind === null) throw new CommandError('BAD', 'Unknown search key');
  const date = parseDate(args.astring());
  if (date === undefined) throw new CommandError('BAD', 'Not a date');
  const start = date.getTime();
  return ({ message }) => {
    const sent = kind[1] === undefined ? undefined : fieldValue(partOf(message).fields, 'date');
    const time = sent === undefined ? message.internalDate.getTime() : Date.parse(sent);
    if (kind[2] === 'BEFORE') return time < start;
    return time >= start && (kind[2] === 'SINCE' || time < start + DAY_MS);
  };
}

function headerContains(name: string, text: string): SearchKey {
  return contains(text, (message) => fieldValue(partOf(message).fields, name));
}

function contains(text: string, where: (message: Message) => string | undefined): SearchKey {
  const wanted = Buffer.from(text).toString('latin1').toLowerCase();
  return ({ message }) => where(message)?.toLowerCase().includes(wanted) === true;
}

function among(selected: SelectedMailbox, set: string, isUid: boolean): SearchKey {
  const found = new Set(selected.matching(set, isUid).map(({ sequence }) => sequence));
  return ({ sequence }) => found.has(sequence);
}

function hasFlag(flag: string, isWanted: boolean): SearchKey {
  return ({ message }) => message.flags.has(flag) === isWanted;
}

function sizeIs(name: 'LARGER' | 'SMALLER', size: number): SearchKey {
  return ({ message: { octets } }) => (name === 'LARGER' ? octets.length > size : octets.length < size);
}

function every(keys: readonly SearchKey[]): SearchKey {
  return (numbered) => keys.every((key) => key(numbered));
}

function not(key: SearchKey): SearchKey {
  return (numbered) => !key(numbered);
}
