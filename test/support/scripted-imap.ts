import type { ScriptedConnection } from './scripted-server.ts';

/** Ready-made steps for scripts of a `ScriptedServer`: the ordinary part of a conversation, in one line each. */

const CAPABILITIES = 'IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UNSELECT';

/** A whole command, its literals read. */
export interface ScriptedCommand {
  readonly tag: string;
  /** In upper case; of a `UID` command both words, such as `UID FETCH`. */
  readonly name: string;
  /** What follows the name, raw, literals in place; empty for a command without arguments. */
  readonly args: string;
}

/** What a login sent, decoded. */
export interface ScriptedLogin {
  readonly tag: string;
  readonly mechanism: 'LOGIN' | 'PLAIN';
  /** Empty for LOGIN and where PLAIN named none. */
  readonly authzid: string;
  readonly user: string;
  readonly password: string;
}

export interface LoginAnswer {
  /** Goes into the tagged OK; `undefined` leaves the response code out. */
  readonly capabilities?: string | undefined;
  /** Text of the tagged OK. */
  readonly text?: string;
  /** Lines before it, without line ends. */
  readonly untagged?: readonly string[];
}

/** Sends the greeting: a line without its line end. */
export async function greet(
  connection: ScriptedConnection,
  line = `* OK [CAPABILITY ${CAPABILITIES} AUTH=PLAIN] Scripted server ready`,
): Promise<void> {
  await connection.send(`${line}\r\n`);
}

/** Reads one command with its literals and asks for those that wait for it. */
export async function readCommand(connection: ScriptedConnection): Promise<ScriptedCommand> {
  return parseCommand(await readLiterals(connection, await connection.expectLine()));
}

/** Reads LOGIN, or AUTHENTICATE PLAIN with or without an initial response, and leaves the answer to the caller. */
export async function readLogin(connection: ScriptedConnection): Promise<ScriptedLogin> {
  const { tag, name, args } = await readCommand(connection);
  if (name === 'LOGIN') {
    const [user = '', password = ''] = parseStrings(args);
    return { tag, mechanism: 'LOGIN', authzid: '', user, password };
  }
  const [mechanism = '', initial] = args.split(' ');
  if (name !== 'AUTHENTICATE' || mechanism.toUpperCase() !== 'PLAIN') {
    throw new Error(`Expected LOGIN or AUTHENTICATE PLAIN, got ${name} ${args}`);
  }
  if (initial === undefined) await connection.send('+ \r\n');
  const response = Buffer.from(initial ?? (await connection.expectLine()), 'base64').toString('latin1');
  const [authzid = '', user = '', password = ''] = response.split('\0');
  return { tag, mechanism: 'PLAIN', authzid, user, password };
}

/** Reads a login and accepts it, whoever it is, in one write. */
export async function acceptLogin(
  connection: ScriptedConnection,
  answer: LoginAnswer = {},
): Promise<ScriptedLogin> {
  const { text = 'Logged in', untagged = [] } = answer;
  const capabilities = 'capabilities' in answer ? answer.capabilities : CAPABILITIES;
  const login = await readLogin(connection);
  const code = capabilities === undefined ? '' : `[CAPABILITY ${capabilities}] `;
  await connection.send([...untagged, `${login.tag} OK ${code}${text}`, ''].join('\r\n'));
  return login;
}

/** Reads the proxy's reset, UNSELECT and NOOP under any tags, and answers both in one write. */
export async function answerReset(
  connection: ScriptedConnection,
  { unselect = 'OK Unselect completed', noop = 'OK NOOP completed' } = {},
): Promise<void> {
  const first = await connection.expectLine(/^\S+ UNSELECT$/);
  const second = await connection.expectLine(/^\S+ NOOP$/);
  await connection.send(`${tagOf(first)} ${unselect}\r\n${tagOf(second)} ${noop}\r\n`);
}

/**
 * Answers commands by name until the peer ends the connection or logs out.
 *
 * @param answers For each command the lines to send, in one write; `$` at the start of a line stands for the tag:
 *   `{ SELECT: ['* 3 EXISTS', '$ OK [READ-WRITE] Done'] }`. LOGOUT, NOOP and UNSELECT are answered without being
 *   named here.
 * @throws Error for a command that has no answer.
 */
export async function serveCommands(
  connection: ScriptedConnection,
  answers: Readonly<Record<string, readonly string[]>> = {},
): Promise<void> {
  for (;;) {
    const line = await connection.lineOrEnd();
    if (line === undefined) return;
    const { tag, name } = parseCommand(await readLiterals(connection, line));
    const answer = answers[name] ?? ORDINARY_ANSWERS[name];
    if (answer === undefined)
      throw new Error(`Expected one of ${Object.keys(answers).join(', ')}, got "${line}"`);
    await connection.send(answer.map((text) => `${text.replace(/^\$/, tag)}\r\n`).join(''));
    if (name === 'LOGOUT') {
      connection.cut();
      return;
    }
  }
}

/** The first word of a command line. */
export function tagOf(line: string): string {
  return line.split(' ', 1)[0] ?? '';
}

const ORDINARY_ANSWERS: Readonly<Record<string, readonly string[]>> = {
  NOOP: ['$ OK NOOP completed'],
  UNSELECT: ['$ OK Unselect completed'],
  LOGOUT: ['* BYE Logging out', '$ OK Logout completed'],
};

async function readLiterals(connection: ScriptedConnection, firstLine: string): Promise<string> {
  let line = firstLine;
  let text = line;
  for (;;) {
    const marker = /\{(\d+)(\+?)\}$/.exec(line);
    if (marker === null) return text;
    if (marker[2] === '') await connection.send('+ OK\r\n');
    const literal = await connection.expectOctets(Number(marker[1]));
    line = await connection.expectLine();
    text += `\r\n${literal.toString('latin1')}${line}`;
  }
}

function parseCommand(text: string): ScriptedCommand {
  const [, tag = '', name = '', args = ''] = /^(\S+) ((?:UID )?\S+) ?(.*)$/is.exec(text) ?? [];
  return { tag, name: name.toUpperCase(), args };
}

/** Atoms, quoted strings and literals (RFC 9051 section 4), decoded. */
function parseStrings(text: string): string[] {
  const strings: string[] = [];
  for (let rest = text; rest !== ''; rest = rest.replace(/^ /, '')) {
    const quoted = /^"((?:[^"\\]|\\.)*)"/.exec(rest);
    const literal = /^\{(\d+)\+?\}\r\n/.exec(rest);
    if (quoted?.[1] !== undefined) {
      strings.push(quoted[1].replace(/\\(.)/g, '$1'));
      rest = rest.slice(quoted[0].length);
    } else if (literal !== null) {
      const end = literal[0].length + Number(literal[1]);
      strings.push(rest.slice(literal[0].length, end));
      rest = rest.slice(end);
    } else {
      const atom = rest.split(' ', 1)[0] ?? '';
      strings.push(atom);
      rest = rest.slice(atom.length);
    }
  }
  return strings;
}
