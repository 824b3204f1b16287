import { expect } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { admit, PASSWORD, type ProxiedServer, startProxied, USER } from '../../support/proxied-server.ts';
import { serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';
import { sent } from './sessions.ts';

export const CAPABILITIES = 'IMAP4rev1 ENABLE CONDSTORE ESEARCH UNSELECT';
const FIRST = [
  '* FLAGS (\\Seen)',
  '* OK [PERMANENTFLAGS (\\Seen)] Ok',
  '* 3 EXISTS',
  '* 0 RECENT',
  '* OK [UIDVALIDITY 17] Ok',
  '* OK [UIDNEXT 9] Ok',
  '* OK [HIGHESTMODSEQ 21] Ok',
];
export const REPEATED = ['* OK [CLOSED] Ok', ...FIRST];
export const DONE = 'OK [READ-WRITE] Done';
export const MEMORY = [...REPEATED, DONE].join(' | ');

export const ITEMS = 'MESSAGES RECENT UIDNEXT UIDVALIDITY HIGHESTMODSEQ';
export const NUMBERS = 'MESSAGES 3 RECENT 0 UIDNEXT 9 UIDVALIDITY 17 HIGHESTMODSEQ 21';
export const SAME = `* STATUS INBOX (${NUMBERS})`;

/** What the server itself answers the SELECT that it is asked in the end. */
export const FRESH = ['* OK [CLOSED] Fresh', '* 5 EXISTS'];
const ANSWERS = {
  SELECT: [...FRESH, '$ OK [READ-WRITE] Fresh'],
  EXAMINE: ['$ OK Fresh'],
  FETCH: ['* 1 FETCH (UID 1)', '$ OK Fetched'],
};
export const FROM_SERVER = [...FRESH, 'OK [READ-WRITE] Fresh'].join(' | ');

type Script = (connection: ScriptedConnection) => Promise<unknown>;

/**
 * A session that has the answer to SELECT INBOX remembered; from then on the server does what `script` says. It has begun to say
 * `word` by then.
 */
export async function remembering(
  script: Script,
  { capabilities = CAPABILITIES, directive = 'yes', word = '' } = {},
): Promise<ProxiedServer & { readonly client: ImapClient }> {
  const setup = await startProxied(
    async (connection) => {
      await admit(connection, { capabilities });
      await answerNext(connection, 'ENABLE CONDSTORE', ['* ENABLED CONDSTORE'], 'OK Enabled');
      await answerNext(connection, 'SELECT INBOX', FIRST, DONE);
      await answerNext(connection, 'SELECT INBOX', REPEATED, DONE, word);
      await script(connection);
      await serveCommands(connection, ANSWERS);
    },
    { directives: { enable_select_cache: directive } },
  );
  const client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
  for (const command of ['ENABLE CONDSTORE', 'SELECT INBOX', 'SELECT INBOX']) await client.command(command);
  return { ...setup, client };
}

export async function answerNext(
  connection: ScriptedConnection,
  command: string,
  lines: readonly string[] = [],
  completion = 'OK Done',
  rest = '',
): Promise<void> {
  const line = await connection.expectLine();
  expect(line.slice(line.indexOf(' ') + 1)).toBe(command);
  await connection.send([...lines, `${tagOf(line)} ${completion}`, rest].join('\r\n'));
}

export const noop = (connection: ScriptedConnection, ...lines: string[]): Promise<void> =>
  answerNext(connection, 'NOOP', lines);
export const status = (connection: ScriptedConnection, ...lines: string[]): Promise<void> =>
  answerNext(connection, `STATUS INBOX (${ITEMS})`, lines);
export const search = (connection: ScriptedConnection, ...lines: string[]): Promise<void> =>
  answerNext(connection, 'SEARCH RETURN (MIN) UNSEEN', lines);

/** The names of the commands that the server has heard since the answer was remembered. */
export function heard(setup: ProxiedServer): string[] {
  return sent(setup, 0)
    .slice(3)
    .map((line) => line.split(' ')[1] ?? '');
}
