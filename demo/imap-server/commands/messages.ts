import type { Arguments } from '../arguments.ts';
import { CommandError } from '../command-error.ts';
import { type Command, requireSelected, requireWritable } from '../conversation.ts';
import { fetchResponse, plainItem, readFetchItems } from '../fetch-items.ts';
import type { Message } from '../mailbox.ts';
import { readSearchKeys } from '../search-keys.ts';
import { readFlag, readFlags } from './flags.ts';
import { readMailbox } from './mailboxes.ts';

/** FETCH and UID FETCH, RFC 3501 sections 6.4.5 and 6.4.8. */
export function fetch(isUid: boolean): Command {
  return (conversation, args) => {
    const selected = requireSelected(conversation);
    const messages = selected.matching(readSet(args), isUid);
    args.expect(' ');
    const asked = readFetchItems(args);
    args.end();
    const has = (label: string) => asked.some((item) => item.label === label);
    const items = isUid && !has('UID') ? [plainItem('UID'), ...asked] : asked;
    const marksSeen = !selected.isReadOnly && asked.some((item) => item.marksSeen);
    for (const { sequence, message } of messages) {
      const isNewlySeen = marksSeen && !message.flags.has('\\Seen');
      const shown = isNewlySeen ? selected.setFlags(message, [...message.flags, '\\Seen']) : message;
      const answer = isNewlySeen && !has('FLAGS') ? [...items, plainItem('FLAGS')] : items;
      conversation.untagged(fetchResponse(sequence, shown, answer));
      if (has('FLAGS')) selected.told(shown);
    }
    return 'FETCH completed';
  };
}

/** STORE and UID STORE, RFC 3501 section 6.4.6. */
export function store(isUid: boolean): Command {
  return (conversation, args) => {
    const selected = requireWritable(conversation);
    const messages = selected.matching(readSet(args), isUid);
    args.expect(' ');
    const how = /^([+-]?)FLAGS(\.SILENT)?$/.exec(args.atom().toUpperCase());
    if (how === null) throw new CommandError('BAD', 'Expected FLAGS');
    args.expect(' ');
    const flags = args.isNext('(') ? readFlags(args) : readBareFlags(args);
    args.end();
    const answer = isUid ? [plainItem('UID'), plainItem('FLAGS')] : [plainItem('FLAGS')];
    for (const { sequence, message } of messages) {
      const changed = selected.setFlags(message, combine(message, how[1] ?? '', flags));
      if (how[2] === undefined) conversation.untagged(fetchResponse(sequence, changed, answer));
    }
    return 'STORE completed';
  };
}

/** COPY and UID COPY with the COPYUID code, RFC 3501 section 6.4.7, RFC 4315 section 3. */
export function copy(isUid: boolean): Command {
  return (conversation, args) => {
    const messages = requireSelected(conversation).matching(readSet(args), isUid);
    const target = readMailbox(conversation, args);
    args.end();
    if (messages.length === 0) return 'Nothing to copy';
    const copies = messages.map(({ message }) => target.append(message));
    const uids = (list: readonly Message[]) => list.map(({ uid }) => uid).join(',');
    const originals = messages.map(({ message }) => message);
    return `[COPYUID ${target.uidValidity} ${uids(originals)} ${uids(copies)}] Copied`;
  };
}

/** SEARCH and UID SEARCH, RFC 3501 section 6.4.4; texts are taken as UTF-8 or US-ASCII. */
export function search(isUid: boolean): Command {
  return (conversation, args) => {
    const selected = requireSelected(conversation);
    args.expect(' ');
    if (args.accept('CHARSET ')) readCharset(args);
    const isFound = readSearchKeys(args, selected);
    args.end();
    const found = selected.all().filter(isFound);
    const numbers = found.map(({ sequence, message }) => ` ${isUid ? message.uid : sequence}`);
    conversation.untagged(`SEARCH${numbers.join('')}`);
    return 'SEARCH completed';
  };
}

function readSet(args: Arguments): string {
  args.expect(' ');
  return args.atom();
}

function readBareFlags(args: Arguments): string[] {
  const flags = [readFlag(args)];
  while (args.accept(' ')) flags.push(readFlag(args));
  return flags;
}

function combine(message: Message, sign: string, flags: readonly string[]): Iterable<string> {
  if (sign === '+') return [...message.flags, ...flags];
  if (sign === '-') return [...message.flags].filter((flag) => !flags.includes(flag));
  return flags;
}

function readCharset(args: Arguments): void {
  const charset = args.astring().toUpperCase();
  args.expect(' ');
  if (charset === 'UTF-8' || charset === 'US-ASCII') return;
  throw new CommandError('NO', '[BADCHARSET (US-ASCII UTF-8)] Unknown charset');
}
