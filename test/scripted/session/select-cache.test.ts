import { describe, expect, it } from 'vitest';
import { tagOf } from '../../support/scripted-imap.ts';
import {
  answerNext,
  CAPABILITIES,
  DONE,
  FRESH,
  FROM_SERVER,
  heard,
  MEMORY,
  NUMBERS,
  noop,
  remembering,
  SAME,
  search,
  status,
} from './remembered-select.ts';
import { ask, isOver, sent } from './sessions.ts';

describe('A repeated SELECT is answered from memory', () => {
  it('when the server tells no news and the same numbers, and the next one as well', async () => {
    const setup = await remembering(async (connection) => {
      await noop(connection);
      await status(connection, SAME);
      await noop(connection);
      await status(connection, `* STATUS "INBOX" (${NUMBERS.split(' ').slice(2).join(' ')} MESSAGES 3)`);
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(MEMORY);
    expect(await ask(setup.client, 'SELECT INBOX')).toBe(MEMORY);

    expect(heard(setup)).toEqual(['NOOP', 'STATUS', 'NOOP', 'STATUS']);
  });

  it('after a STATUS that waits for the answer to NOOP, as a server may look for news when all is answered', async () => {
    const setup = await remembering(async (connection) => {
      const line = await connection.expectLine(/ NOOP$/);
      await connection.sendSlowly(`${tagOf(line)} OK Done\r`);
      expect(connection.received.endsWith(`${line}\r\n`)).toBe(true);
      await connection.send('\n');
      await status(connection, SAME);
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(MEMORY);
  });

  it('before the commands behind it in a pipeline', async () => {
    const setup = await remembering(async (connection) => {
      await noop(connection);
      await status(connection, SAME);
    });

    await setup.client.send('x1 SELECT INBOX\r\nx2 FETCH 1 UID\r\nx3 CAPABIL');
    const first = await setup.client.readReply('x1');
    const second = await setup.client.readReply('x2');

    expect([...first.untagged, first.tagged].join(' | ')).toBe(MEMORY);
    expect(second.untagged).toEqual(['* 1 FETCH (UID 1)']);
    expect(heard(setup)).toEqual(['NOOP', 'STATUS', 'FETCH']);
  });

  it('in a session whose connection is used again', async () => {
    const setup = await remembering(async (connection) => {
      await noop(connection);
      await status(connection, SAME);
    });
    await ask(setup.client, 'SELECT INBOX');
    await setup.client.logout();
    await isOver(setup);

    expect(heard(setup)).toEqual(['NOOP', 'STATUS', 'UNSELECT', 'NOOP']);
    expect(setup.proxy.pool).toMatchObject({ parked: 1, closed: {} });
  });
});

describe('A repeated SELECT goes to the server', () => {
  it.each([
    ['another count of messages', NUMBERS.replace('MESSAGES 3', 'MESSAGES 4')],
    ['another next UID', NUMBERS.replace('UIDNEXT 9', 'UIDNEXT 10')],
    ['another mailbox of the name', NUMBERS.replace('UIDVALIDITY 17', 'UIDVALIDITY 18')],
    ['another count of changes', NUMBERS.replace('HIGHESTMODSEQ 21', 'HIGHESTMODSEQ 22')],
    ['recent mail of which it told nothing', NUMBERS.replace('RECENT 0', 'RECENT 1')],
    ['no count of changes', NUMBERS.replace(' HIGHESTMODSEQ 21', '')],
    ['no numbers', ''],
    ['nonsense', 'MESSAGES (3)'],
  ])('when the server tells %s', async (_what, numbers) => {
    const setup = await remembering(async (connection) => {
      await noop(connection);
      await status(connection, `* STATUS INBOX (${numbers})`);
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(FROM_SERVER);
    expect(heard(setup)).toEqual(['NOOP', 'STATUS', 'SELECT']);
  });

  it.each<[string, readonly string[]]>([
    ['no numbers at all', []],
    ['numbers twice', [SAME, SAME]],
    ['those of another mailbox as well', [SAME, '* STATUS Work (MESSAGES 3)']],
    ['a flag that has changed', ['* 1 FETCH (FLAGS (\\Seen))', SAME]],
    ['a message that is gone', ['* 1 EXPUNGE', SAME]],
    ['another list of flags', ['* FLAGS (\\Seen new)', SAME]],
    ['trouble', ['* NO Internal error occurred', SAME]],
    ['words', ['* OK Still here', SAME]],
    ['what nobody knows', ['* XNEWS 1', SAME]],
    ['nothing that is a response', ['*', SAME]],
  ])('when the server tells %s, of which the client hears nothing', async (_what, lines) => {
    const setup = await remembering(async (connection) => {
      await noop(connection);
      await status(connection, ...lines);
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(FROM_SERVER);
    expect(heard(setup)).toEqual(['NOOP', 'STATUS', 'SELECT']);
  });

  it.each(['NO Try again', 'BAD What?'])('when a question is answered %s', async (completion) => {
    const setup = await remembering(async (connection) => {
      await answerNext(connection, 'NOOP', [], completion);
      await answerNext(connection, 'SELECT INBOX', FRESH, 'NO Not now');
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe([...FRESH, 'NO Not now'].join(' | '));
  });

  it.each([
    ['the server cannot tell the first unseen message alone', CAPABILITIES.replace(' ESEARCH', ''), 'yes'],
    ['enable_select_cache is off', CAPABILITIES, 'no'],
  ])('without a question where %s', async (_where, capabilities, directive) => {
    const setup = await remembering(async () => undefined, { capabilities, directive });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(FROM_SERVER);
    expect(heard(setup)).toEqual(['SELECT']);
  });

  it('under its own tag, and in its own words', async () => {
    const setup = await remembering(async (connection) => {
      await noop(connection, '* 1 EXPUNGE');
      await status(connection, SAME);
    });
    await setup.client.send('My.Tag sElEcT INBOX\r\n');

    expect((await setup.client.readReply('My.Tag')).tagged).toBe('OK [READ-WRITE] Fresh');
    expect(sent(setup, 0).at(-1)).toBe('My.Tag sElEcT INBOX');
  });
});

describe('New mail is recent to the client whose SELECT brought it to light', () => {
  const RECENT = '* STATUS INBOX (MESSAGES 4 RECENT 1 UIDNEXT 10 UIDVALIDITY 17 HIGHESTMODSEQ 25)';
  const answerWith = (
    unseen: readonly string[],
    flags = ['* FLAGS (\\Seen)', '* OK [PERMANENTFLAGS (\\Seen)] Ok'],
  ): string =>
    [
      ...['* OK [CLOSED] Ok', ...flags, '* 4 EXISTS', '* 1 RECENT', ...unseen],
      ...['* OK [UIDVALIDITY 17] Ok', '* OK [UIDNEXT 10] Ok', '* OK [HIGHESTMODSEQ 25] Ok', DONE],
    ].join(' | ');

  it.each([
    ['unseen', ' MIN 4', ['* OK [UNSEEN 4] First unseen.']],
    ['seen', '', []],
  ])('and %s: the mailbox stays open, and the next SELECT goes to the server', async (_how, min, unseen) => {
    const setup = await remembering(async (connection) => {
      await noop(connection, '* 4 EXISTS', '* 1 RECENT');
      await status(connection, RECENT);
      await search(connection, `* ESEARCH (TAG "x")${min}`);
      await noop(connection);
      await status(connection, RECENT);
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(answerWith(unseen));
    expect(await ask(setup.client, 'SELECT INBOX')).toBe(FROM_SERVER);
    expect(heard(setup)).toEqual(['NOOP', 'STATUS', 'SEARCH', 'NOOP', 'STATUS', 'SELECT']);
  });

  it('with flags that are new as well', async () => {
    const flags = ['* FLAGS (\\Seen new)', '* OK [PERMANENTFLAGS (\\Seen new)] Ok'];
    const setup = await remembering(async (connection) => {
      await noop(connection, ...flags, '* 1 FETCH (FLAGS (new))', '* VANISHED 3', '* 4 EXISTS', '* 1 RECENT');
      await status(connection, RECENT);
      await search(connection, '* ESEARCH (TAG "x") MIN 4');
      await noop(connection);
      await status(connection, RECENT);
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(
      answerWith(['* OK [UNSEEN 4] First unseen.'], flags),
    );
  });

  it('and is asked for again while more comes', async () => {
    const setup = await remembering(async (connection) => {
      await noop(connection, '* 3 EXISTS', '* 1 RECENT');
      await status(connection, RECENT.replace('MESSAGES 4', 'MESSAGES 3'));
      await search(connection, '* ESEARCH (TAG "x")', '* 4 EXISTS');
      await noop(connection);
      await status(connection, RECENT);
      await search(connection, '* ESEARCH (TAG "x") MIN 4');
      await noop(connection);
      await status(connection, RECENT);
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(answerWith(['* OK [UNSEEN 4] First unseen.']));
  });

  it.each([
    ['lists all messages', ['* SEARCH 4']],
    ['tells nothing', []],
    ['tells two answers', ['* ESEARCH (TAG "x") MIN 4', '* ESEARCH (TAG "y") MIN 5']],
  ])('but not from a server that %s', async (_how, lines) => {
    const setup = await remembering(async (connection) => {
      await noop(connection, '* 4 EXISTS', '* 1 RECENT');
      await status(connection, RECENT);
      await search(connection, ...lines);
      await noop(connection);
      await status(connection, RECENT);
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(FROM_SERVER);
  });

  it('but not where the mailbox is another one now', async () => {
    const setup = await remembering(async (connection) => {
      await noop(connection, '* 4 EXISTS', '* 1 RECENT');
      await status(connection, RECENT.replace('UIDVALIDITY 17', 'UIDVALIDITY 18'));
    });

    expect(await ask(setup.client, 'SELECT INBOX')).toBe(FROM_SERVER);
  });
});
