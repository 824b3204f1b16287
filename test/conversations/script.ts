/**
 * Reads the scripts of mail clients in `clients/`: what each of them sends, connection by connection.
 *
 * ```
 * client: NAME
 * tags: A0001                  the first tag of a connection; the others count on from it
 * about: ...                   what it does, for people; several of these lines are one paragraph
 *
 * connection: what it is made for
 * NOOP                         a command, in one write; the next one waits for its tagged response
 * + DONE                       sent once the server has asked the command above to go on
 * [SORT] UID SORT ...          only if the server offers SORT, as far as the client has been told
 * [not SORT] UID SEARCH ALL    only if not
 * [untold] CAPABILITY          only if no capabilities came with the answer to the login
 * [early] CAPABILITY           sent at once; every other command waits for the greeting
 * (close)                      leaves without a word; without this line, the last answer is waited for
 * ```
 *
 * `$user` and `$password` are those of whoever logs in, `$last` is the last message and `$page` the last few.
 * Octets that do not print are written as in the transcripts of the parity tests (`wire-text.ts`).
 */
import { toWire } from '../parity/support/wire-text.ts';

export interface ClientScript {
  readonly name: string;
  readonly about: string;
  readonly connections: readonly ConnectionScript[];
}

export interface ConnectionScript {
  /** What the client makes it for. */
  readonly title: string;
  readonly tags: TagStyle;
  readonly commands: readonly CommandScript[];
  /** Whether it ends by closing instead of by its last answer. */
  readonly closes: boolean;
}

export interface CommandScript {
  /** Behind the tag and a blank. */
  readonly text: string;
  readonly isEarly: boolean;
  readonly condition: Condition | undefined;
  /** What is sent for each continuation request that comes before the tagged response. */
  readonly continuations: readonly string[];
}

/** `untold`: the server has not named its capabilities since the login. */
export type Condition = 'untold' | { readonly capability: string; readonly isOffered: boolean };

/** How a client counts: prefix and number, in as many digits at least as the first has. */
export interface TagStyle {
  readonly prefix: string;
  readonly first: number;
  readonly digits: number;
  readonly radix: 10 | 16;
}

/** Who plays a script, with what mailbox. */
export interface Account {
  readonly user: string;
  readonly password: string;
  /** How many messages are in the INBOX; their UIDs begin at 1. */
  readonly messages: number;
}

const PAGE_MESSAGES = 50;

/** @throws Error that names file and line of what cannot be read */
export function parseScript(file: string, text: string): ClientScript {
  const [head = '', ...blocks] = text.trim().split(/\n{2,}/);
  const facts = head.split('\n').map((line) => fieldOf(file, line));
  const all = (name: string): string[] => facts.filter(([key]) => key === name).map(([, value]) => value);
  const tags = parseTags(file, all('tags').join());
  return {
    name: all('client').join(),
    about: all('about').join('\n'),
    connections: blocks.map((block) => parseConnection(file, block, tags)),
  };
}

/** The `index`th tag of a connection, from 0. */
export function tagOf({ prefix, first, digits, radix }: TagStyle, index: number): string {
  const number = (first + index).toString(radix).toUpperCase();
  return `${prefix}${number.padStart(digits, '0')}`;
}

/** A text of a script on the wire (latin1), its CRLF included. */
export function wireOf(text: string, { user, password, messages }: Account): string {
  const page = `${Math.max(1, messages - PAGE_MESSAGES + 1)}:${messages}`;
  const values: Readonly<Record<string, string>> = { user, password, last: String(messages), page };
  return toWire(text.replace(/\$(user|password|last|page)\b/g, (_, name: string) => values[name] ?? ''));
}

function parseTags(file: string, text: string): TagStyle {
  const [, prefix = '', first, hexadecimal] = /^(.*?)(\d+)( hexadecimal)?$/.exec(text) ?? [];
  if (first === undefined) throw new Error(`Cannot read ${file}: expected tags, got "${text}"`);
  return { prefix, first: Number(first), digits: first.length, radix: hexadecimal === undefined ? 10 : 16 };
}

function parseConnection(file: string, block: string, tags: TagStyle): ConnectionScript {
  const [head = '', ...lines] = block.split('\n');
  const [key, title] = fieldOf(file, head);
  if (key !== 'connection') throw new Error(`Cannot read ${file}: expected a connection, got "${head}"`);
  const commands: CommandScript[] = [];
  const closes = lines.at(-1) === '(close)';
  for (const line of closes ? lines.slice(0, -1) : lines) {
    const last = commands.at(-1);
    if (!line.startsWith('+ ')) commands.push(parseCommand(line));
    else if (last === undefined) throw new Error(`Cannot read ${file}: "${line}" continues nothing`);
    else commands[commands.length - 1] = { ...last, continuations: [...last.continuations, line.slice(2)] };
  }
  return { title, tags, commands, closes };
}

function parseCommand(line: string): CommandScript {
  const [, words, text = ''] = /^(?:\[(.+?)\] )?(.*)$/.exec(line) ?? [];
  const isEarly = words === 'early';
  const condition = words === undefined || isEarly ? undefined : parseCondition(words);
  return { text, isEarly, condition, continuations: [] };
}

function parseCondition(words: string): Condition {
  if (words === 'untold') return words;
  const capability = words.replace(/^not /, '');
  return { capability, isOffered: capability === words };
}

function fieldOf(file: string, line: string): readonly [string, string] {
  const [, key, value] = /^([a-z]+): (.*)$/.exec(line) ?? [];
  if (key === undefined || value === undefined) throw new Error(`Cannot read ${file}: "${line}"`);
  return [key, value];
}
