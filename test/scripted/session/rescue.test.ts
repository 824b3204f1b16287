import { describe, expect, it } from 'vitest';
import { COMMAND_TABLE } from '../../../src/protocol/command-table.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { admit, PASSWORD, type ProxiedServer, startProxied, USER } from '../../support/proxied-server.ts';
import { serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { Script, ScriptedConnection } from '../../support/scripted-server.ts';
import { drains } from './leaving.ts';
import { ask, isOver, sent, session, timesSent } from './sessions.ts';

const BYE = '* BYE [UNAVAILABLE] Mail server is not available at the moment\r\n';

/** Commands that may be put to two servers, by what a client would say. */
const REPEATED = [
  'CAPABILITY',
  'NOOP',
  'CHECK',
  'LIST "" *',
  'LSUB "" *',
  'NAMESPACE',
  'STATUS INBOX (MESSAGES)',
  'SEARCH ALL',
  'UID SEARCH ALL',
  'FETCH 1:* FLAGS',
  'UID FETCH 1:* FLAGS',
  'ID ("name" "Webmail")',
  'SORT (ARRIVAL) UTF-8 ALL',
  'UID SORT (ARRIVAL) UTF-8 ALL',
  'THREAD REFERENCES UTF-8 ALL',
  'UID THREAD REFERENCES UTF-8 ALL',
  'GETQUOTA ""',
  'GETQUOTAROOT INBOX',
  'GETACL INBOX',
  'LISTRIGHTS INBOX bob',
  'MYRIGHTS INBOX',
  'GETMETADATA INBOX /shared/comment',
  'GENURLAUTH "imap://host/INBOX/;UID=1" INTERNAL',
  'URLFETCH "imap://host/INBOX/;UID=1"',
  'ESEARCH IN (personal) ALL',
  'XLIST "" *',
  'RLIST "" *',
  'RLSUB "" *',
  'SELECT INBOX',
  'EXAMINE INBOX',
  'ENABLE QRESYNC',
];

/** Commands that might do twice what was asked for once. */
const ONCE = [
  'CREATE new',
  'DELETE old',
  'RENAME old new',
  'SUBSCRIBE new',
  'UNSUBSCRIBE old',
  'APPEND INBOX {2+}\r\nhi',
  'STORE 1 +FLAGS (\\Seen)',
  'UID STORE 1 +FLAGS (\\Seen)',
  'COPY 1 new',
  'UID COPY 1 new',
  'MOVE 1 new',
  'UID MOVE 1 new',
  'EXPUNGE',
  'UID EXPUNGE 1',
  'CLOSE',
  'UNSELECT',
  'SETQUOTA "" (STORAGE 512)',
  'SETACL INBOX bob lr',
  'DELETEACL INBOX bob',
  'SETMETADATA INBOX (/shared/comment "x")',
  'REPLACE 1 INBOX {2+}\r\nhi',
  'UID REPLACE 1 INBOX {2+}\r\nhi',
  'RESETKEY INBOX',
  'CANCELUPDATE "x1"',
  'NOTIFY NONE',
  'LANGUAGE DE',
  'COMPARATOR i;octet',
  'AUTHENTICATE PLAIN',
  'LOGIN bob secret',
  'XYZZY',
];

/** IDLE waits for its client, LOGOUT and what is refused are never sent. */
const TESTED_OTHERWISE = ['IDLE', 'LOGOUT', 'COMPRESS', 'UNAUTHENTICATE', 'STARTTLS'];

function nameOf(command: string): string {
  return /^(?:UID )?\S+/.exec(command)?.[0] ?? '';
}

const ANSWERS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(REPEATED.map((command) => [nameOf(command), ['* 1 EXISTS', '$ OK Done']])),
  STORE: ['$ OK Stored'],
  ENABLE: ['* ENABLED QRESYNC', '$ OK Enabled'],
};

/** What the server does to a connection instead of answering on it. */
type Death = (connection: ScriptedConnection) => void | Promise<void>;

const FIN: Death = (connection) => connection.cut();

const FIN_AFTER_BYE: Death = async (connection) => {
  await connection.send('* BYE Server shutting down.\r\n');
  connection.cut();
};

const DEATHS: readonly (readonly [string, Death])[] = [
  ['FIN', FIN],
  ['RST', (connection) => connection.reset()],
  ['BYE and FIN', FIN_AFTER_BYE],
];

const BYE_ALONE: readonly [string, Death] = [
  'BYE alone',
  (connection) => connection.send('* BYE Server shutting down.\r\n'),
];

/** Lets a session come and go that asks for nothing. */
async function admitAndPark(connection: ScriptedConnection): Promise<void> {
  await admit(connection);
  const noop = tagOf(await connection.expectLine(/ NOOP$/));
  await connection.send(`${noop} OK Done\r\n`);
}

/**
 * A server whose first `count` connections, parked by now, die by `death` with the first command they get; every later
 * connection goes as `next` says.
 */
async function startDying(death: Death, count = 1, next: Script = serving): Promise<ProxiedServer> {
  const setup = await startProxied(async (connection, index) => {
    if (index >= count) return next(connection, index);
    await admitAndPark(connection);
    await connection.expectLine();
    await death(connection);
  });
  const clients: ImapClient[] = [];
  while (clients.length < count) clients.push(await ImapClient.login(setup.proxy.port, USER, PASSWORD));
  for (const client of clients) await client.logout();
  await setup.proxy.waitForPool({ parked: count });
  return setup;
}

const serving: Script = async (connection) => {
  await admit(connection);
  await serveCommands(connection, ANSWERS);
};

async function logIn({ proxy }: ProxiedServer): Promise<ImapClient> {
  return ImapClient.login(proxy.port, USER, PASSWORD);
}

it('Every command that is known is tested here', () => {
  const names = COMMAND_TABLE.flatMap((row) => row.names).sort();
  const tested = [...REPEATED.map(nameOf), ...ONCE.map(nameOf), ...TESTED_OTHERWISE];
  expect(tested.filter((name) => name !== 'XYZZY' && name !== 'LOGIN').sort()).toEqual(names);
});

describe('When the parked connection dies with the first command,', () => {
  it.each([...DEATHS, BYE_ALONE])(
    'by %s, the client sees the answer of another one, and no more',
    async (_, death) => {
      const setup = await startDying(death);
      using client = await logIn(setup);

      const reply = await client.command('SELECT INBOX');

      expect(reply).toMatchObject({ untagged: ['* 1 EXISTS'], tagged: 'OK Done' });
      expect(await ask(client, 'NOOP')).toBe('* 1 EXISTS | OK Done');
      expect(sent(setup, 1)).toEqual(['t2 SELECT INBOX', 't3 NOOP']);
      await client.logout();
      await isOver(setup);
      expect(setup.proxy.pool).toMatchObject({ parked: 1, created: 2, closed: { 'closed by server': 1 } });
    },
  );

  it.each(REPEATED)('%s is asked again', async (command) => {
    const setup = await startDying(FIN);
    using client = await logIn(setup);

    expect((await client.command(command)).tagged).toMatch(/^OK /);

    expect(sent(setup, 0).slice(1)).toEqual([`t2 ${command}`]);
    expect(sent(setup, 1)).toEqual([`t2 ${command}`]);
  });

  it.each(ONCE)('%j is never sent twice, and the session ends', async (command) => {
    const setup = await startDying(FIN);
    using client = await logIn(setup);

    await client.send(`x1 ${command}\r\nx2 NOOP\r\n`);

    expect(await client.readToEnd()).toBe('');
    await isOver(setup);
    expect(timesSent(setup, 'x1 ')).toBe(1);
    expect(setup.upstreams()).toHaveLength(1);
    expect(setup.proxy.log('session ended').at(-1)).toMatchObject({ reason: 'upstream ended' });
  });

  it.each(DEATHS)('by %s, nor is a STORE; the client hears what the server said', async (name, death) => {
    const setup = await startDying(death);
    using client = await logIn(setup);

    await client.send('x STORE 1 +FLAGS (\\Seen)\r\n');

    expect(await client.readToEnd()).toBe(name.startsWith('BYE') ? '* BYE Server shutting down.\r\n' : '');
    await isOver(setup);
    expect(timesSent(setup, 'STORE')).toBe(1);
    expect(setup.upstreams()).toHaveLength(1);
  });

  it.each([
    ['NOOP', 'STORE 1 +FLAGS (\\Seen)'],
    ['SELECT INBOX', 'EXPUNGE'],
    ['NOOP', 'XYZZY'],
  ])('nor is a pipeline of %s and %s', async (safe, unsafe) => {
    const setup = await startDying(FIN);
    using client = await logIn(setup);

    await client.send(`x1 ${safe}\r\nx2 ${unsafe}\r\nx3 NOOP\r\n`);

    expect(await client.readToEnd()).toBe('');
    expect(timesSent(setup, 'x1 ')).toBe(1);
    expect(timesSent(setup, 'x2 ')).toBe(1);
    expect(setup.upstreams()).toHaveLength(1);
  });

  it('a pipeline that may be repeated is repeated whole, and in order', async () => {
    const setup = await startDying(FIN);
    using client = await logIn(setup);

    await client.send('x1 SELECT INBOX\r\nx2 SEARCH ALL\r\nx3 FETCH 1 FLAGS\r\nx4 LOGOUT\r\n');

    const tagged = (await client.readToEnd()).split('\r\n').filter((line) => !line.startsWith('* 1'));
    expect(tagged).toEqual([
      'x1 OK Done',
      'x2 OK Done',
      'x3 OK Done',
      '* BYE LOGOUT received',
      'x4 OK Completed',
      '',
    ]);
    expect(sent(setup, 1).slice(0, 3)).toEqual(['x1 SELECT INBOX', 'x2 SEARCH ALL', 'x3 FETCH 1 FLAGS']);
    await isOver(setup);
    expect(setup.proxy.pool).toMatchObject({ parked: 1 });
  });

  it('what comes behind it, and might do harm twice, is sent once', async () => {
    const setup = await startDying(FIN);
    using client = await logIn(setup);
    await client.command('SELECT INBOX');

    expect(await ask(client, 'STORE 1 +FLAGS (\\Seen)')).toBe('OK Stored');

    expect(timesSent(setup, 'STORE')).toBe(1);
  });

  it('the half of a command that was behind it is not lost', async () => {
    const died = Promise.withResolvers<void>();
    const setup = await startDying(async (connection) => {
      await died.promise;
      connection.cut();
    });
    using client = await logIn(setup);
    await client.send('x1 SELECT INBOX\r\nx2 FE');
    died.resolve();
    await client.readReply('x1');

    await client.send('TCH 1 FLAGS\r\n');

    expect((await client.readReply('x2')).status).toBe('OK');
    expect(sent(setup, 1)).toEqual(['x1 SELECT INBOX', 'x2 FETCH 1 FLAGS']);
  });

  it('a command that waits to be asked for its literal is asked by another one', async () => {
    const setup = await startDying(FIN);
    using client = await logIn(setup);

    const reply = await client.command('SEARCH CHARSET UTF-8 TEXT {3}', 'abc\r\n');

    expect(reply).toMatchObject({ untagged: ['+ OK', '* 1 EXISTS'], tagged: 'OK Done' });
    expect(sent(setup, 1)).toEqual(['t2 SEARCH CHARSET UTF-8 TEXT {3}', 'abc']);
  });

  it('a literal that does not wait is sent again with its command', async () => {
    const setup = await startDying(FIN);
    using client = await logIn(setup);

    expect((await client.command('SEARCH TEXT {3+}\r\nabc FLAGGED')).status).toBe('OK');

    expect(sent(setup, 1)).toEqual(['t2 SEARCH TEXT {3+}', 'abc FLAGGED']);
  });

  it.each([
    ['', 'DONE\r\n'],
    ['DONE\r\n', ''],
  ])('an IDLE goes on at another one, with %j behind it', async (early, late) => {
    const setup = await startDying(FIN, 1, async (connection) => {
      await admit(connection);
      const tag = tagOf(await connection.expectLine(/ IDLE$/));
      await connection.send('+ idling\r\n* 2 EXISTS\r\n');
      await connection.expectLine('DONE');
      await connection.send(`${tag} OK Idled\r\n`);
    });
    using client = await logIn(setup);

    await client.send(`x1 IDLE\r\n${early}`);
    const { untagged, tagged } = await client.readReply('x1', late);

    expect([...untagged, tagged]).toEqual(['+ idling', '* 2 EXISTS', 'OK Idled']);
  });

  it('a COMPRESS that was refused before is not answered twice', async () => {
    const setup = await startDying(FIN);
    using client = await logIn(setup);

    await client.send('x1 COMPRESS DEFLATE\r\nx2 SELECT INBOX\r\nx3 COMPRESS DEFLATE\r\nx4 LOGOUT\r\n');

    const words = (await client.readToEnd()).split('\r\n').map((line) => line.split(' ', 2).join(' '));
    expect(words).toEqual(['x1 NO', '* 1', 'x2 OK', 'x3 NO', '* BYE', 'x4 OK', '']);
    expect(timesSent(setup, 'COMPRESS')).toBe(0);
  });

  it('nor is the literal of one sent to anybody', async () => {
    const setup = await startDying(FIN);
    using client = await logIn(setup);

    await client.send('x1 COMPRESS {7+}\r\nDEFLATE\r\nx2 SELECT INBOX\r\nx3 LOGOUT\r\n');

    const words = (await client.readToEnd()).split('\r\n').map((line) => line.split(' ', 2).join(' '));
    expect(words).toEqual(['x1 NO', '* 1', 'x2 OK', '* BYE', 'x3 OK', '']);
    expect(timesSent(setup, 'DEFLATE')).toBe(0);
  });

  it('and so do the others that are parked, the first that lives answers', async () => {
    const setup = await startDying(FIN, 3);
    using client = await logIn(setup);

    expect(await ask(client, 'SELECT INBOX')).toBe('* 1 EXISTS | OK Done');

    expect(timesSent(setup, 't2 SELECT INBOX')).toBe(4);
    expect(setup.proxy.pool).toMatchObject({ parked: 0, leased: 1, closed: { 'closed by server': 3 } });
  });

  it('another that is parked is used before a new login is made', async () => {
    const setup = await startProxied(async (connection, index) => {
      await admitAndPark(connection);
      if (index === 0) return serveCommands(connection, ANSWERS);
      await connection.expectLine();
      connection.reset();
    });
    const clients = [await logIn(setup), await logIn(setup)];
    for (const [index, client] of clients.entries()) {
      await client.logout();
      await setup.proxy.waitForPool({ parked: index + 1 });
    }
    using client = await logIn(setup);

    expect(await ask(client, 'SELECT INBOX')).toBe('* 1 EXISTS | OK Done');

    expect(timesSent(setup, 'SELECT INBOX')).toBe(2);
    expect(setup.upstreams()).toHaveLength(2);
  });
});

describe('When the parked connection dies, what the session has enabled', () => {
  it('from memory is enabled on the other one first', async () => {
    const setup = await startProxied(async (connection, index) => {
      await admit(connection);
      if (index > 0) return serveCommands(connection, ANSWERS);
      const enable = tagOf(await connection.expectLine(/ ENABLE QRESYNC$/));
      await connection.send(`* ENABLED QRESYNC\r\n${enable} OK Enabled\r\n`);
      const noop = tagOf(await connection.expectLine(/ NOOP$/));
      await connection.send(`${noop} OK Done\r\n`);
      await connection.expectLine(/ SELECT INBOX$/);
      connection.cut();
    });
    await session(setup, ['ENABLE QRESYNC']);

    expect(await session(setup, ['ENABLE QRESYNC', 'SELECT INBOX'])).toEqual([
      '* ENABLED QRESYNC | OK Enabled',
      '* 1 EXISTS | OK Done',
    ]);

    expect(sent(setup, 1).slice(0, 2)).toEqual(['P2 ENABLE QRESYNC', 't3 SELECT INBOX']);
    await session(setup, ['LIST "" *']);
    expect(setup.upstreams()).toHaveLength(3);
  });

  it('by the command that was not answered is what the other one carries later', async () => {
    const setup = await startDying(FIN);
    await session(setup, ['ENABLE QRESYNC', 'SELECT INBOX']);

    await session(setup, ['ENABLE QRESYNC', 'LIST "" *']);
    expect(setup.upstreams()).toHaveLength(2);
    expect(timesSent(setup, 'ENABLE')).toBe(2);

    await session(setup, ['LIST "" *']);
    expect(setup.upstreams()).toHaveLength(3);
  });
});

describe('No second connection is asked', () => {
  it.each(['*', '* 1 EXISTS\r\n', 't2 OK', '+'])('after the server has said %j', async (word) => {
    const setup = await startDying(async (connection) => {
      await connection.send(word);
      connection.cut();
    });
    using client = await logIn(setup);

    await client.send('t2 SELECT INBOX\r\n');

    expect(await client.readToEnd()).toBe(word.endsWith('\r\n') ? word : '');
    await isOver(setup);
    expect(setup.upstreams()).toHaveLength(1);
  });

  it('after an answer to an earlier command of the session', async () => {
    const setup = await startDying(async (connection) => {
      await connection.send('t2 OK Done\r\n');
      await connection.expectLine(/ SEARCH ALL$/);
      connection.cut();
    });
    using client = await logIn(setup);
    await client.command('SELECT INBOX');

    await client.send('x SEARCH ALL\r\n');

    expect(await client.readToEnd()).toBe('');
    expect(setup.upstreams()).toHaveLength(1);
  });

  it('for a command longer than 64 KiB', async () => {
    const setup = await startDying(FIN);
    using client = await logIn(setup);

    await client.send(`x SEARCH UID ${'1234567,'.repeat(16 * 1024)}9\r\n`);

    expect(await client.readToEnd()).toBe('');
    expect(setup.upstreams()).toHaveLength(1);
  });

  it('when the connection that died was a new one', async () => {
    const setup = await startProxied(async (connection) => {
      await admit(connection);
      await connection.expectLine(/ SELECT INBOX$/);
      connection.cut();
    });
    using client = await logIn(setup);

    await client.send('x SELECT INBOX\r\n');

    expect(await client.readToEnd()).toBe('');
    expect(setup.upstreams()).toHaveLength(1);
  });

  it('for a client that is gone', async () => {
    const died = Promise.withResolvers<void>();
    const setup = await startDying(async (connection) => {
      await died.promise;
      connection.cut();
    });
    const client = await logIn(setup);
    await client.send('x SELECT INBOX\r\n');
    await setup.proxy.waitForPool({ leased: 1 });
    client.reset();
    await drains(setup);

    died.resolve();

    await setup.proxy.waitForPool({ leased: 0 });
    expect(setup.upstreams()).toHaveLength(1);
  });
});

it('A client that sends nothing more but still reads is answered by the other connection', async () => {
  const died = Promise.withResolvers<void>();
  const setup = await startDying(async (connection) => {
    await died.promise;
    connection.cut();
  });
  using client = await logIn(setup);
  await client.send('x SELECT INBOX\r\n');
  client.halfClose();
  await setup.proxy.waitForPool({ leased: 1 });

  died.resolve();

  expect(await client.readToEnd()).toBe('* 1 EXISTS\r\nx OK Done\r\n');
  await isOver(setup);
  expect(setup.proxy.pool).toMatchObject({ parked: 1 });
});

describe('The session ends with BYE when the login that should have saved it', () => {
  it.each<[string, Script]>([
    ['is refused', (connection) => refusing(connection, 'NO [AUTHENTICATIONFAILED] Not any more')],
    ['cannot be served', (connection) => refusing(connection, 'NO [INUSE] Too many')],
    ['is answered by FIN', async (connection) => connection.cut()],
    ['is answered by RST', async (connection) => connection.reset()],
    ['is answered by BYE', (connection) => connection.send('* BYE Not now\r\n')],
  ])('%s', async (_, next) => {
    const setup = await startDying(FIN, 1, next);
    using client = await logIn(setup);

    await client.send('x1 SELECT INBOX\r\nx2 NOOP\r\nx3 LOGOUT\r\n');

    expect(await client.readToEnd()).toBe(BYE);
    await isOver(setup);
    expect(setup.upstreams()).toHaveLength(2);
  });

  it('is not answered in time', async () => {
    const setup = await startDying(FIN, 1, async (connection) => connection.stall());
    using client = await logIn(setup);
    await client.send('x1 SELECT INBOX\r\n');
    await setup.upstream(1);

    await setup.proxy.advanceOnceWaiting(60_000);

    expect(await client.readToEnd()).toBe(BYE);
  });
});

async function refusing(connection: ScriptedConnection, answer: string): Promise<void> {
  await connection.send('* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready\r\n');
  const tag = tagOf(await connection.expectLine(/ AUTHENTICATE /));
  await connection.send(`${tag} ${answer}\r\n`);
  await connection.expectEnd();
}
