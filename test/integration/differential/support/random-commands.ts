/** Single commands for random sessions, as scripts write them. */
import type { Random } from '../../storm/random-sessions.ts';

export function pick<T>(choices: readonly T[], random: Random): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new Error('There is nothing to pick from');
  return choice;
}

/** Mailboxes that every player has, and that are never deleted. */
export const LASTING_MAILBOXES: readonly string[] = [
  'INBOX',
  'INBOX',
  'INBOX',
  'Archive',
  'Archive/2021',
  'Entw&APw-rfe',
];
/** Mailboxes that are made, renamed and deleted. */
export const PASSING_MAILBOXES: readonly string[] = ['box', 'other'];

const DATE = '"01-Feb-2022 10:00:00 +0000"';
const MESSAGES: readonly string[] = [
  'Subject: new<CR><LF><CR><LF>body<CR><LF>',
  'x1 LOGOUT<CR><LF>x2 IDLE<CR><LF>DONE<CR><LF>',
  'Subject: large<CR><LF><CR><LF><400*0123456789abcdef0123456789abcdef<CR><LF>>',
  '',
];
const SETS = ['1', '2', '1:*', '2:4', '3,5', '*', '1:3,6', '7:8', '99', '$'];
const ITEMS: readonly string[] = [
  'FLAGS',
  '(UID FLAGS)',
  '(UID FLAGS MODSEQ)',
  'ENVELOPE',
  'BODYSTRUCTURE',
  'FULL',
  'RFC822.SIZE',
  'INTERNALDATE',
  'BODY.PEEK[]',
  'BODY[]',
  'BODY[TEXT]',
  'BODY.PEEK[HEADER.FIELDS (Subject From)]',
  'BODY.PEEK[]<lt>10.50>',
  'BINARY.PEEK[1]',
  'PREVIEW',
  '(FLAGS) (CHANGEDSINCE 1)',
  'RFC822.HEADER',
];
const FLAGS = ['\\Seen', '\\Answered', '\\Flagged', '\\Deleted', '\\Draft', '$Label', '$own'];
const KEYS: readonly string[] = [
  'ALL',
  'UNSEEN',
  'DELETED',
  'SUBJECT one',
  'SUBJECT <literal+:new>',
  'FROM "a@example.org"',
  'LARGER 100',
  'OR FLAGGED ANSWERED',
  'NOT KEYWORD $Label',
  '1:3',
  'UID 2:*',
  'MODSEQ 1',
  'OLDER 100',
  '$',
  'BEFORE 5-Jan-2022',
];
const RETURNS = [
  '',
  '',
  'RETURN (MIN MAX COUNT) ',
  'RETURN (ALL) ',
  'RETURN (SAVE) ',
  'RETURN (SAVE COUNT) ',
  'RETURN (UPDATE) ',
];
const SORTS = ['(SUBJECT)', '(REVERSE SIZE)', '(DATE FROM)', '(ARRIVAL)'];

type Make = (random: Random) => string;

/** Commands that are good in every state after login. */
export const ANYWHERE: readonly Make[] = [
  () => 'NOOP',
  () => 'NOOP',
  () => 'CAPABILITY',
  () => 'NAMESPACE',
  () => 'ID ("name" "client")',
  (random) =>
    pick(
      [
        'LIST "" *',
        'LIST "" %',
        'LSUB "" *',
        'LIST (SUBSCRIBED) "" *',
        'LIST "" * RETURN (STATUS (MESSAGES))',
      ],
      random,
    ),
  (random) =>
    `STATUS ${mailbox(random)} (${pick(['MESSAGES UNSEEN', 'UIDNEXT RECENT', 'HIGHESTMODSEQ', 'SIZE'], random)})`,
  (random) => `CREATE ${astring(pick(PASSING_MAILBOXES, random), random)}`,
  (random) => `${pick(['SUBSCRIBE', 'UNSUBSCRIBE'], random)} ${mailbox(random)}`,
  () => 'GETQUOTAROOT INBOX',
  (random) => `MYRIGHTS ${mailbox(random)}`,
  () => 'SETMETADATA INBOX (/private/comment <literal+:two<CR><LF>lines>)',
  () => 'GETMETADATA INBOX /private/comment',
];

/** Commands that need a mailbox; without one they are refused, which is legal too. */
export const SELECTED: readonly Make[] = [
  fetch,
  fetch,
  fetch,
  fetch,
  store,
  store,
  search,
  search,
  () => 'CHECK',
  () => 'EXPUNGE',
  (random) => `UID EXPUNGE ${pick(SETS, random)}`,
  (random) => `${uid(random)}COPY ${pick(SETS, random)} ${mailbox(random)}`,
  (random) => `${uid(random)}MOVE ${pick(SETS, random)} ${mailbox(random)}`,
  (random) => `${uid(random)}SORT ${pick(SORTS, random)} UTF-8 ${pick(KEYS, random)}`,
  (random) => `${uid(random)}THREAD ${pick(['REFS', 'REFERENCES', 'ORDEREDSUBJECT'], random)} UTF-8 ALL`,
];

/** Commands that the server refuses, and that leave it open what state the connection is in. */
export const STRANGE: readonly Make[] = [
  () => 'XYZZY',
  () => 'LANGUAGE de',
  () => 'NOOP now',
  () => 'FETCH 1 (FLAGS',
  () => 'ENABLE',
];

export function enable(random: Random): string {
  return `ENABLE ${pick(['CONDSTORE', 'CONDSTORE', 'QRESYNC', 'QRESYNC', 'CONDSTORE QRESYNC', 'X-GOOD-IDEA'], random)}`;
}

/** @param onlyWithout literals that are not awaited */
export function append(random: Random, isBurst: boolean): string {
  const flags = pick(['', '(\\Seen) ', '($own \\Flagged) ', '() '], random);
  const one = (): string => `${flags}${DATE} ${literal(pick(MESSAGES, random), random, isBurst)}`;
  const to = astring(pick([...LASTING_MAILBOXES, ...PASSING_MAILBOXES], random), random, isBurst);
  const what = pick(['one', 'one', 'one', 'two', 'catenate'], random);
  if (what === 'two') return `APPEND ${to} ${one()} ${one()}`;
  if (what === 'one') return `APPEND ${to} ${one()}`;
  return `APPEND ${to} ${DATE} CATENATE (TEXT ${literal('a: b<CR><LF><CR><LF>', random, isBurst)} URL "/INBOX/;UID=1")`;
}

/** `text` in one of the spellings of a string. */
export function astring(text: string, random: Random, isBurst = false): string {
  const roll = random();
  if (roll < 0.6) return text;
  if (roll < 0.75) return `"${text}"`;
  return literal(text, random, isBurst);
}

/** Any mailbox, also one that is not there. */
function mailbox(random: Random): string {
  return pick([...LASTING_MAILBOXES, ...PASSING_MAILBOXES], random);
}

function literal(text: string, random: Random, isBurst: boolean): string {
  return isBurst || random() < 0.5 ? `<literal+:${text}>` : `<literal:${text}>`;
}

function uid(random: Random): string {
  return random() < 0.4 ? 'UID ' : '';
}

function fetch(random: Random): string {
  return `${uid(random)}FETCH ${pick(SETS, random)} ${pick(ITEMS, random)}`;
}

function store(random: Random): string {
  const condition = random() < 0.1 ? '(UNCHANGEDSINCE 3) ' : '';
  const how = `${pick(['+', '-', ''], random)}FLAGS${pick(['', '.SILENT'], random)}`;
  return `${uid(random)}STORE ${pick(SETS, random)} ${condition}${how} (${pick(FLAGS, random)})`;
}

function search(random: Random): string {
  return `${uid(random)}SEARCH ${pick(RETURNS, random)}${pick(KEYS, random)}`;
}
