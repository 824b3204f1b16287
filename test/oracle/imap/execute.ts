/** What each command does to the connection, and what it is answered with; everything said carries its owner's number. */
import type { Command } from './command.ts';
import type { ConnectionState, Owner } from './connection-state.ts';

export interface Result {
  /** Whole lines. */
  readonly untagged?: string;
  readonly status: 'OK' | 'NO' | 'BAD' | 'REFUSED';
  readonly text: string;
  /** Tells nothing but the identity: an answer that may be given again from memory. */
  readonly isPlain?: boolean;
}

/** How servers differ. */
export interface Traits {
  readonly hasUnselect: boolean;
  /** A reference for what a client sees: without what the proxy hides, and with what it refuses. */
  readonly isBehindProxy: boolean;
}

type Action = (command: Command, state: ConnectionState, traits: Traits) => Result;

/** Mailboxes that are not there, and arguments that make no sense, say so in their names. */
const MISSING = 'no-';
const NONSENSE = 'bad-';

const ACTIONS: Readonly<Record<string, Action>> = {
  NOOP: () => ok('NOOP completed'),
  CHECK: () => ok('Checked'),
  CREATE: () => ok('Created'),
  DELETE: () => ok('Deleted'),
  SUBSCRIBE: () => ok('Subscribed'),
  CAPABILITY: (_, { identity, enabled }, traits) => {
    const changed = [...enabled.keys()].sort().map((word) => ` ON-${word}`);
    const words = capabilities(identity, traits) + changed.join('');
    return { ...ok('Capability completed', `* CAPABILITY ${words}\r\n`), isPlain: true };
  },
  NAMESPACE: (_, { identity }) => ({
    ...ok('Namespace completed', `* NAMESPACE (("${identity}/" "/")) NIL NIL\r\n`),
    isPlain: true,
  }),
  ID: () => ({ ...ok('ID completed', '* ID ("name" "Simulated")\r\n'), isPlain: true }),
  LIST: ({ owner }, { identity }) => ok('Listed', `* LIST () "/" "${identity}/box@${owner}"\r\n`),
  LSUB: ({ owner }, { identity }) => ok('Listed', `* LSUB () "/" "${identity}/box@${owner}"\r\n`),
  STATUS: status,
  SELECT: (command, state) => select(command, state, false),
  EXAMINE: (command, state) => select(command, state, true),
  CLOSE: (_, state) => close(state),
  UNSELECT: (_, state, { hasUnselect }) =>
    hasUnselect ? close(state) : { status: 'BAD', text: 'Unknown command' },
  FETCH: fetch,
  'UID FETCH': fetch,
  STORE: store,
  'UID STORE': store,
  COPY: inMailbox(() => ok('Copied')),
  EXPUNGE: inMailbox(({ owner }, state) =>
    ok('Expunged', state.enabled.has('QRESYNC') ? `* VANISHED 1 @${owner}\r\n` : '* 1 EXPUNGE\r\n'),
  ),
  SEARCH: search,
  'UID SEARCH': search,
  APPEND: ({ literals }) =>
    literals.length === 0 ? { status: 'BAD', text: 'No message' } : ok(`Appended ${literals.length}`),
  ENABLE: enable,
  IDLE: () => ok('Never executed: it waits for DONE'),
  AUTHENTICATE: ({ owner }, state) => {
    state.marks.authenticated = owner;
    return ok('Authenticated again');
  },
  NOTIFY: ({ owner }, state) => mark(state, 'notify', owner),
  LANGUAGE: ({ owner }, state) => mark(state, 'language', owner),
  COMPARATOR: ({ owner }, state) => mark(state, 'comparator', owner),
  XAPPLEPUSHSERVICE: ({ owner }, state) => mark(state, 'other', owner),
  COMPRESS: refuse,
  UNAUTHENTICATE: refuse,
  STARTTLS: refuse,
};

/** Commands that nobody but the proxy may answer. */
export const REFUSED: ReadonlySet<string> = new Set(['COMPRESS', 'UNAUTHENTICATE', 'STARTTLS']);

export function isKnown(name: string): boolean {
  return Object.hasOwn(ACTIONS, name);
}

/** Does what the command says. */
export function execute(command: Command, state: ConnectionState, traits: Traits): Result {
  const action = isKnown(command.name) ? ACTIONS[command.name] : undefined;
  if (action === undefined) return { status: 'BAD', text: 'Unknown command' };
  if (command.args.includes(NONSENSE)) return { status: 'BAD', text: 'Nonsense' };
  return action(command, state, traits);
}

/** The words of a server, after login of `identity`. */
export function capabilities(identity: string, { hasUnselect, isBehindProxy }: Traits): string {
  const hidden = isBehindProxy ? '' : ' COMPRESS=DEFLATE UNAUTHENTICATE AUTH=GSSAPI STARTTLS';
  const unselect = hasUnselect ? ' UNSELECT' : '';
  return `IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE${unselect} CONDSTORE QRESYNC XU=${identity}${hidden}`;
}

function ok(text: string, untagged = ''): Result {
  return { status: 'OK', text, untagged };
}

function missing({ args, literals }: Command): Result | undefined {
  const isMissing = args.includes(MISSING) || literals.some((literal) => literal.includes(MISSING));
  return isMissing ? { status: 'NO', text: 'No such mailbox' } : undefined;
}

function inMailbox(action: Action): Action {
  return (command, state, traits) =>
    state.selection === undefined
      ? { status: 'BAD', text: 'No mailbox is open' }
      : action(command, state, traits);
}

function mark(state: ConnectionState, name: keyof ConnectionState['marks'], owner: Owner): Result {
  state.marks[name] = owner;
  return ok('Done');
}

function refuse(_: Command, { marks }: ConnectionState, { isBehindProxy }: Traits): Result {
  if (isBehindProxy) return { status: 'REFUSED', text: '' };
  // It may pass when nobody knows any more where commands begin.
  if (marks.doubt === undefined)
    throw new Error('A command reached the server that only the proxy may answer');
  return { status: 'BAD', text: 'Not here' };
}

function status(command: Command, state: ConnectionState): Result {
  const { args, owner } = command;
  if (/HIGHESTMODSEQ/i.test(args)) state.noteCondstore(owner);
  const number = numberOf(command);
  const counts = `MESSAGES ${number} RECENT 0 UIDNEXT ${number} UIDVALIDITY ${number} HIGHESTMODSEQ ${number}`;
  return missing(command) ?? ok('Status completed', `* STATUS "box@${number}" (${counts})\r\n`);
}

/** Of the mailbox named: everything countable in it. */
function numberOf({ args, literals }: Command): number {
  return Number(/@(\d+)/.exec(literals[0] ?? args)?.[1] ?? 1);
}

function select(command: Command, state: ConnectionState, isReadOnly: boolean): Result {
  const { args, owner, literals } = command;
  if (/CONDSTORE/i.test(args)) state.noteCondstore(owner);
  const closed = state.selection === undefined ? '' : '* OK [CLOSED] Previous mailbox closed\r\n';
  state.deselect();
  const failure = missing(command);
  if (failure !== undefined) return { ...failure, untagged: closed };
  const box = literals[0] ?? args.split(' ')[0] ?? '';
  state.select(box.replace(/"/g, ''), isReadOnly, owner);
  const number = numberOf(command);
  const counts = `* ${number} EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY ${number}] Valid\r\n* OK [UIDNEXT ${number}] Next\r\n`;
  const isCounting = state.enabled.has('CONDSTORE') || state.enabled.has('QRESYNC');
  const modseq = isCounting ? `* OK [HIGHESTMODSEQ ${number}] Highest\r\n` : '';
  const text = `[${isReadOnly ? 'READ-ONLY' : 'READ-WRITE'}] Selected`;
  // The proxy may say it again, when it has made sure that nothing has changed.
  return { ...ok(text, closed + counts + modseq), isPlain: true };
}

function close(state: ConnectionState): Result {
  if (state.selection === undefined) return { status: 'BAD', text: 'No mailbox is open' };
  state.deselect();
  return ok('Closed');
}

function fetch(command: Command, state: ConnectionState): Result {
  const { args, owner } = command;
  if (state.selection === undefined) return { status: 'BAD', text: 'No mailbox is open' };
  if (/MODSEQ|CHANGEDSINCE/i.test(args)) state.noteCondstore(owner);
  const modseq = state.isCondstoreAware ? ` MODSEQ (${owner})` : '';
  const size = Number(/<0\.(\d+)>/.exec(args)?.[1] ?? 0);
  const body = size === 0 ? '' : ` BODY[] {${size}}\r\n${bodyOf(owner, size)}`;
  const saved = args.startsWith('$') ? `SAVED-BY-${state.marks.$ ?? 'nobody'} ` : '';
  return ok('Fetched', `* 1 FETCH (${saved}UID ${owner}${modseq} FLAGS ()${body})\r\n`);
}

/** A message of exactly `size` octets that looks like the end of everything. */
export function bodyOf(owner: Owner, size: number): string {
  const line = `<@${owner}>\r\ns${owner}n1 OK This is no answer\r\n* BYE Nor this\r\n)\r\n{7}\r\n`;
  return line.repeat(Math.ceil(size / line.length)).slice(0, size);
}

function store(command: Command, state: ConnectionState): Result {
  const { args, owner } = command;
  if (state.selection === undefined) return { status: 'BAD', text: 'No mailbox is open' };
  if (/UNCHANGEDSINCE/i.test(args)) state.noteCondstore(owner);
  const modseq = state.isCondstoreAware ? ` MODSEQ (${owner})` : '';
  return ok('Stored', `* 1 FETCH (FLAGS (\\Seen)${modseq})\r\n`);
}

function search(command: Command, state: ConnectionState): Result {
  const { args, owner } = command;
  if (state.selection === undefined) return { status: 'BAD', text: 'No mailbox is open' };
  if (/MODSEQ/i.test(args)) state.noteCondstore(owner);
  if (/SAVE/i.test(args)) state.marks.$ = owner;
  if (/UPDATE/i.test(args)) state.marks.x = owner;
  return ok('Searched', `* SEARCH ${owner}\r\n`);
}

function enable(command: Command, state: ConnectionState): Result {
  const { owner, literals } = command;
  const args = command.args.replace(/\{\d+\+?\}/, literals[0] ?? '').toUpperCase();
  if (args.includes('REFUSED')) return { status: 'NO', text: 'Not now', isPlain: true };
  const words = args.split(' ').filter((word) => word !== '');
  if (words.length === 0) return { status: 'BAD', text: 'Nothing to enable', isPlain: true };
  const known = ['CONDSTORE', 'QRESYNC', 'UTF8=ACCEPT'].filter((word) => words.includes(word));
  for (const word of known) state.enabled.set(word, owner);
  return { ...ok('Enabled', `* ENABLED${known.map((word) => ` ${word}`).join('')}\r\n`), isPlain: true };
}
