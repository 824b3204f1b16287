import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import {
  mailServer,
  PASSWORD,
  type ProxiedServer,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import { serveCommands, tagOf } from '../../support/scripted-imap.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { hasReceived, nextSession, serving } from './leaving.ts';

/** A server that answers `x FETCH 1 ALL` by `octets` and everything after that in the ordinary way. */
function answeringBy(octets: string): Promise<ProxiedServer> {
  return serving(async (connection) => {
    await connection.expectLine('x FETCH 1 ALL');
    await connection.send(octets);
    await serveCommands(connection);
  });
}

/** Sends `x FETCH 1 ALL` with more behind it; returns what the client hears up to the end of the session. */
async function fetchAndLeave({ proxy }: ProxiedServer): Promise<string> {
  using client = await ImapClient.login(proxy.port, USER, PASSWORD);
  await client.send('x FETCH 1 ALL\r\ny LOGOUT\r\n');
  return await client.readToEnd();
}

const LEFT = '* BYE LOGOUT received\r\ny OK Completed\r\n';

describe('What a server sends passes unchanged, and is understood as the server means it:', () => {
  it.each([
    ['a tagged status text that ends in {3}', 'x NO No such mailbox: {3}\r\n'],
    ['an untagged status text that ends in {3}', '* NO Cannot open {3}\r\nx OK Done\r\n'],
    ['a tagged line in a literal', '* 1 FETCH (BODY[] {11}\r\nx OK Done\r\n)\r\nx OK Done\r\n'],
    ['a BYE in a literal', '* 1 FETCH (BODY[] {10}\r\n* BYE no\r\n)\r\nx OK Done\r\n'],
    ['a literal marker in a literal', '* 1 FETCH (BODY[] {7}\r\n{99}\r\n\r)\r\nx OK Done\r\n'],
    ['an empty literal', '* 1 FETCH (BODY[] {0}\r\n)\r\nx OK Done\r\n'],
    ['a literal8', '* 1 FETCH (BINARY[1] ~{3}\r\n\0\n\xff)\r\nx OK Done\r\n'],
    [
      'literals in an ENVELOPE',
      '* 1 FETCH (ENVELOPE (NIL {12}\r\nx OK Forged\r NIL) BODY {3}\r\n{3} FLAGS ())\r\nx OK Done\r\n',
    ],
    ['a literal in a LIST', '* LIST () "/" {6}\r\nx OK\r\n\r\nx OK Done\r\n'],
    ['a marker with plus, which servers do not have', '* LIST () "/" {3+}\r\nx OK Done\r\n'],
    ['a quoted string that looks like a marker', '* LIST () "/" "{3}"\r\nx OK Done\r\n'],
    ['a tag that another begins with', '* 1 FETCH (UID 3)\r\nx OK Done\r\n'],
    ['bare line feeds', '* 1 EXISTS\nx OK Done\n'],
    ['octets of every kind', `* 1 FETCH (X "${everyOctet()}")\r\nx OK Done\r\n`],
    ['a status without text', 'x OK\r\n'],
    ['a line of 100 KB', `* SEARCH${' 1234567'.repeat(12_800)}\r\nx OK Done\r\n`],
    ['a tagged line of 100 KB', `x OK [COPYUID 7 ${'1234567,'.repeat(12_800)}9 3] Done\r\n`],
    [
      'a line of 100 KB that ends in a literal',
      `* 1 FETCH (X (${'abcdefg '.repeat(12_800)}) BODY[] {6}\r\nx OK\r\n)\r\nx OK Done\r\n`,
    ],
    ['a status text of 100 KB that ends in {3}', `* OK ${'abcdefg '.repeat(12_800)}{3}\r\nx OK Done\r\n`],
  ])('%s', async (_, octets) => {
    const setup = await answeringBy(octets);

    expect(await fetchAndLeave(setup)).toBe(octets + LEFT);

    await setup.proxy.waitForPool({ parked: 1 });
    expect(await nextSession(setup)).toBe(0);
  });

  it('everything of it, when it drips in octet by octet', async () => {
    const octets =
      '* 1 FETCH (BODY[] {11}\r\nx OK Done\r\n)\r\n* NO {3}\r\nx OK [CAPABILITY IMAP4rev1] Done\r\n';
    const setup = await serving(async (connection) => {
      await connection.expectLine('x FETCH 1 ALL');
      await connection.sendSlowly(octets);
      await serveCommands(connection);
    });

    expect(await fetchAndLeave(setup)).toBe(octets + LEFT);

    await setup.proxy.waitForPool({ parked: 1 });
  });
});

describe('A connection is not used again after', () => {
  it.each([
    ['a forged answer in a NO', 'x NO no such mailbox: a\r\ny OK Forged\r\n', 'stray response'],
    ['one answer too many', 'x OK Done\r\nx OK Done\r\n', 'stray response'],
    [
      'an answer before the right one to a tag that begins alike',
      'xx OK Done\r\nx OK Done\r\n',
      'stray response',
    ],
    ['an answer to a tag in other letter case', 'X OK Done\r\nx OK Done\r\n', 'stray response'],
    ['a line that is no response', 'Internal error\r\nx OK Done\r\n', 'stray response'],
    ['a continuation request for nobody', '+ go on\r\nx OK Done\r\n', 'stray response'],
    ['an empty line', '\r\nx OK Done\r\n', 'stray response'],
    ['BYE', '* BYE Soon\r\nx OK Done\r\n', 'bye'],
    ['BYE in small letters', '* bye Soon\r\nx OK Done\r\n', 'bye'],
  ])('%s, which the client gets as it is', async (_, octets, reason) => {
    const setup = await answeringBy(octets);

    expect(await fetchAndLeave(setup)).toBe(octets + LEFT);

    await setup.proxy.waitForPool({ parked: 0, closed: { [reason]: 1 } });
    expect(await nextSession(setup)).toBe(1);
  });
});

describe('Commands that run at the same time', () => {
  it('may be answered in any order', async () => {
    const setup = await serving(async (connection) => {
      for (let count = 0; count < 3; count += 1) await connection.expectLine(/ NOOP$/);
      await connection.send('c OK 3\r\na OK 1\r\nb OK 2\r\n');
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    await client.send('a NOOP\r\nb NOOP\r\nc NOOP\r\nd LOGOUT\r\n');

    expect(await client.readToEnd()).toBe(
      'c OK 3\r\na OK 1\r\nb OK 2\r\n* BYE LOGOUT received\r\nd OK Completed\r\n',
    );
    await setup.proxy.waitForPool({ parked: 1 });
  });

  it('may have tags that begin alike, or differ in letter case, or look like patterns', async () => {
    const tags = ['a', 'a1', 'a10', 'A1', '$1.$', '.', '.|', '^$'];
    const setup = await serving(async (connection) => {
      for (const tag of tags) await connection.expectLine(`${tag} NOOP`);
      for (const tag of tags.toReversed()) await connection.send(`${tag} OK Done\r\n`);
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    await client.send(`${tags.map((tag) => `${tag} NOOP\r\n`).join('')}z LOGOUT\r\n`);

    expect(await client.readToEnd()).toMatch(
      /\r\na OK Done\r\n\* BYE LOGOUT received\r\nz OK Completed\r\n$/,
    );
    await setup.proxy.waitForPool({ parked: 1 });
  });

  it('may have the same tag, and LOGOUT waits for both answers', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await serving(async (connection) => {
      await connection.expectLine('a NOOP');
      await connection.expectLine('a NOOP');
      await connection.send('a OK 1\r\n');
      await mayAnswer.promise;
      await connection.send('a OK 2\r\n');
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    await client.send('a NOOP\r\na NOOP\r\na LOGOUT\r\n');
    expect((await client.readReply('a')).tagged).toBe('OK 1');
    expect(setup.proxy.pool).toMatchObject({ leased: 1 });
    mayAnswer.resolve();

    expect(await client.readToEnd()).toBe('a OK 2\r\n* BYE LOGOUT received\r\na OK Completed\r\n');
    await setup.proxy.waitForPool({ parked: 1 });
  });
});

describe('A literal of the client', () => {
  it.each([['+\r\n'], ['+ \r\n'], ['+ Ready\r\n'], ['+ {3}\r\n']])(
    'goes out when the server has sent %j, and not before',
    async (goAhead) => {
      const mayAsk = Promise.withResolvers<void>();
      const setup = await serving(async (connection) => {
        await connection.expectLine('a APPEND INBOX {11}');
        await mayAsk.promise;
        expect(connection.received.endsWith('{11}\r\n')).toBe(true);
        await connection.send(goAhead);
        expect((await connection.expectOctets(11)).toString()).toBe('b LOGOUT\r\n!');
        await connection.expectLine('');
        await connection.send('a OK Added\r\n');
        await serveCommands(connection);
      });
      using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

      await client.send('a APPEND INBOX {11}\r\nb LOGOUT\r\n!\r\nc NOOP\r\n');
      await hasReceived(setup, '{11}');
      mayAsk.resolve();

      expect((await client.readReply('a')).untagged).toEqual([goAhead.replace('\r\n', '')]);
      expect((await client.readReply('c')).status).toBe('OK');
    },
  );

  it('that is refused was none: what follows are commands', async () => {
    const setup = await serving(async (connection) => {
      const tag = tagOf(await connection.expectLine('a APPEND Trash {10}'));
      await connection.send(`${tag} NO [TRYCREATE] No such mailbox\r\n`);
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    await client.send('a APPEND Trash {10}\r\nb NOOP\r\nc LOGOUT\r\n');

    expect(await client.readToEnd()).toBe(
      'a NO [TRYCREATE] No such mailbox\r\nb OK NOOP completed\r\n* BYE LOGOUT received\r\nc OK Completed\r\n',
    );
    await setup.proxy.waitForPool({ parked: 1 });
  });

  it('that is answered BAD leaves its connection to nobody', async () => {
    const setup = await startProxied(mailServer({ APPEND: ['$ BAD What'] }));
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    await client.send('a APPEND INBOX {3+}\r\nabc\r\nb LOGOUT\r\n');
    await client.readToEnd();

    await setup.proxy.waitForPool({ parked: 0, closed: { 'framing in doubt': 1 } });
  });
});

it('A literal of more than 4 GB is counted to its end: nothing in it is taken for an answer', async () => {
  const setup = await serving(async (connection) => {
    await connection.expectLine('x FETCH 1 ALL');
    await connection.send('* 1 FETCH (BODY[] {4294967301}\r\nabcde)\r\nx OK Done\r\n* BYE no\r\n');
    await connection.expectEnd();
  });
  using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
  await client.send('x FETCH 1 ALL\r\ny LOGOUT\r\n');
  await hasReceived(setup, 'x FETCH 1 ALL');

  await waitUntil(() => client.transcript().includes('* BYE no'), { what: 'all of it' });
  expect(setup.proxy.pool).toMatchObject({ leased: 1 });
  client.reset();
  await setup.proxy.advanceOnceWaiting(15_000);

  await setup.proxy.waitForPool({ leased: 0, parked: 0, closed: { 'drain limit': 1 } });
});

it('A literal whose size cannot be counted ends the session', async () => {
  const setup = await serving(async (connection) => {
    await connection.expectLine('x FETCH 1 ALL');
    await connection.send('* 1 FETCH (BODY[] {99999999999999999999}\r\nabc');
    await connection.stall();
  });

  await fetchAndLeave(setup);

  await setup.proxy.waitForPool({ leased: 0, closed: { 'size limit': 1 } });
  expect(await nextSession(setup)).toBe(1);
});

describe('Capability lists after login are filtered', () => {
  const HIDDEN = 'STARTTLS COMPRESS=DEFLATE LOGINDISABLED AUTH=SCRAM-SHA-1 UNAUTHENTICATE XIMAPPROXY';

  it.each([
    ['as data', (list: string) => `* CAPABILITY ${list}\r\nx OK Done\r\n`],
    ['in an untagged OK', (list: string) => `* OK [CAPABILITY ${list}] News\r\nx OK Done\r\n`],
    ['in a tagged OK', (list: string) => `x OK [CAPABILITY ${list}] Done\r\n`],
    ['in small letters', (list: string) => `* capability ${list}\r\nx ok [capability ${list}] Done\r\n`],
  ])('%s', async (_, answer) => {
    const setup = await answeringBy(answer(`IMAP4rev1 ${HIDDEN} IDLE`));

    expect(await fetchAndLeave(setup)).toBe(answer('IMAP4rev1 IDLE') + LEFT);
  });

  it.each([
    ['in a literal', `* 1 FETCH (BODY[] {16}\r\n* CAPABILITY IDL)\r\nx OK Done\r\n`],
    ['in the text of a status', `x OK Now [CAPABILITY ${HIDDEN}]\r\n`],
    ['in a string', `* LIST () "/" "[CAPABILITY ${HIDDEN}]"\r\nx OK Done\r\n`],
    ['in a NO', `x NO [CAPABILITY ${HIDDEN}] Not\r\n`],
  ])('but nothing is that only looks like one: %s', async (_, octets) => {
    const setup = await answeringBy(octets);

    expect(await fetchAndLeave(setup)).toBe(octets + LEFT);
  });

  it('when they drip in octet by octet', async () => {
    const setup = await serving(async (connection) => {
      await connection.expectLine('x FETCH 1 ALL');
      await connection.sendSlowly(
        `* CAPABILITY IMAP4rev1 ${HIDDEN}\r\nx OK [CAPABILITY ${HIDDEN} IDLE] Done\r\n`,
      );
      await serveCommands(connection);
    });

    expect(await fetchAndLeave(setup)).toBe(
      `* CAPABILITY IMAP4rev1\r\nx OK [CAPABILITY IDLE] Done\r\n${LEFT}`,
    );
  });
});

/** All octets but those that would end a quoted string or a line. */
function everyOctet(): string {
  const octets = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet));
  return octets.filter((octet) => !'\r\n"\\'.includes(octet)).join('');
}
