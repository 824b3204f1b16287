import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import {
  admit,
  mailServer,
  PASSWORD,
  type ProxiedServer,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import { serveCommands } from '../../support/scripted-imap.ts';
import type { Script } from '../../support/scripted-server.ts';
import { ask, isOver, sent, session } from './sessions.ts';

const NAMESPACE = '* NAMESPACE (("" "/")) NIL NIL';
const ANSWERS = {
  CAPABILITY: ['* CAPABILITY IMAP4rev1 ENABLE X-NEW', '$ OK Those were all'],
  ID: ['* ID ("name" "Scripted" "since" "1996")', '$ OK [RTFM] Pleased to meet you'],
  NAMESPACE: [NAMESPACE, '$ OK Namespace completed (0.001 + 0.000 secs).'],
  ENABLE: ['* ENABLED QRESYNC', '$ OK Enabled it is'],
  SELECT: ['* 3 EXISTS', '$ OK [READ-WRITE] Done'],
  LIST: ['$ OK Done'],
};

const ME = 'ID ("name" "Webmail" "version" "1.0")';

/** What is said to a client whose session cannot go on. */
const BYE = '* BYE [UNAVAILABLE] Mail server is not available at the moment\r\n';

describe('A session from memory is answered in the words of the server, which hears nothing of it,', () => {
  it.each([
    ['CAPABILITY', 'CAPABILITY'],
    ['CAPABILITY', 'capability'],
    [ME, ME],
    [ME, ME.replace('ID', 'id')],
    ['ID NIL', 'ID NIL'],
    ['NAMESPACE', 'Namespace'],
    ['ENABLE QRESYNC', 'ENABLE QRESYNC'],
    ['ENABLE QRESYNC CONDSTORE', 'ENABLE CONDSTORE QRESYNC'],
    ['ENABLE QRESYNC', 'enable qResync'],
    ['ENABLE QRESYNC', 'ENABLE QRESYNC QRESYNC'],
  ])('after %s when it says %s', async (before, now) => {
    const setup = await startProxied(mailServer(ANSWERS));
    const first = await session(setup, [before]);
    const heard = sent(setup, 0);

    expect(await session(setup, [now])).toEqual(first);

    expect(sent(setup, 0)).toEqual(heard);
    expect(setup.upstreams()).toHaveLength(1);
  });

  it('whatever it asks of that, and however often', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    const prologue = ['CAPABILITY', ME, 'NAMESPACE', 'ENABLE QRESYNC', 'CAPABILITY', 'NAMESPACE'];
    const first = await session(setup, prologue);
    const heard = sent(setup, 0);

    expect(await session(setup, [...prologue, 'CAPABILITY'])).toEqual([...first, first[0]]);

    expect(sent(setup, 0)).toEqual(heard);
    expect(setup.proxy.pool).toMatchObject({ parked: 1, created: 1, reused: 0 });
  });

  it('in one write when it is sent in one with the login', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    await session(setup, ['CAPABILITY', ME, 'NAMESPACE', 'ENABLE QRESYNC']);
    const heard = sent(setup, 0);
    using client = await ImapClient.connect(setup.proxy.port);
    await client.readGreeting();

    const commands = ['CAPABILITY', ME, 'NAMESPACE', 'ENABLE QRESYNC', 'LOGOUT'];
    const lines = commands.map((command, index) => `c${index} ${command}\r\n`);
    await client.send(`a LOGIN ${USER} "${PASSWORD}"\r\n${lines.join('')}`);

    expect((await client.readToEnd()).split('\r\n').slice(1)).toEqual([
      '* CAPABILITY IMAP4rev1 ENABLE X-NEW',
      'c0 OK Those were all',
      '* ID ("name" "Scripted" "since" "1996")',
      'c1 OK [RTFM] Pleased to meet you',
      NAMESPACE,
      'c2 OK Namespace completed (0.001 + 0.000 secs).',
      '* ENABLED QRESYNC',
      'c3 OK Enabled it is',
      '* BYE LOGOUT received',
      'c4 OK Completed',
      '',
    ]);
    expect(client.chunks).toHaveLength(2);
    expect(sent(setup, 0)).toEqual(heard);
  });

  it('also when the question comes in pieces', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    await session(setup, ['NAMESPACE']);
    const heard = sent(setup, 0);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    for (const piece of ['x NAME', 'SPACE', '\r', '\n']) await client.send(piece);

    expect((await client.readReply('x')).untagged).toEqual([NAMESPACE]);
    expect(sent(setup, 0)).toEqual(heard);
  });
});

describe('A session from memory puts to the server', () => {
  it.each([
    ['CAPABILITY', 'NAMESPACE'],
    ['NAMESPACE', 'CAPABILITY'],
    [ME, 'ID NIL'],
    ['ID NIL', ME],
    [ME, 'ID ("name" "Webmail" "version" "1.1")'],
    [ME, 'ID ("name" "webmail" "version" "1.0")'],
    ['NAMESPACE', 'NAMESPACE INBOX'],
    ['CAPABILITY', 'CAPABILITY ALL'],
    ['NAMESPACE', 'NOOP'],
  ])('what was not asked before: after %s, %s', async (before, now) => {
    const setup = await startProxied(mailServer(ANSWERS));
    await session(setup, [before]);

    await session(setup, [now]);

    expect(sent(setup, 0)).toContain(`t2 ${now}`);
  });

  it('an ID with a literal, each time', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    for (const tag of ['one', 'two']) {
      using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
      await client.send(`${tag} ID ("name" {7}\r\n`);
      const { untagged, tagged } = await client.readReply(tag, 'Webmail)\r\n');
      expect([...untagged.slice(1), tagged]).toEqual([ANSWERS.ID[0], 'OK [RTFM] Pleased to meet you']);
      await client.logout();
      await isOver(setup);
    }

    expect(sent(setup, 0)).toEqual(expect.arrayContaining(['one ID ("name" {7}', 'two ID ("name" {7}']));
    expect(sent(setup, 0).filter((line) => line === 'Webmail)')).toHaveLength(2);
  });

  it('an ID with a literal that does not wait, although the same was asked without', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    await session(setup, ['ID ("name" "x")', 'ID ("name" {1+}\r\nx)']);

    const [answer] = await session(setup, ['ID ("name" {1+}\r\nx)']);

    expect(answer).toBe(`${ANSWERS.ID[0]} | OK [RTFM] Pleased to meet you`);
    expect(sent(setup, 0).filter((line) => line === 'x)')).toHaveLength(2);
  });

  it.each([
    ['the answer was NO', ['$ NO Not now']],
    ['the answer was BAD', ['$ BAD What?']],
    ['there was no answer but the OK', ['$ OK Done']],
    ['there were two answers', [NAMESPACE, NAMESPACE, '$ OK Done']],
    ['the answer has a literal', ['* NAMESPACE (({0}', ' "/")) NIL NIL', '$ OK Done']],
    ['the answer is longer than 4 KiB', [`* NAMESPACE (("${'x'.repeat(4096)}" "/")) NIL NIL`, '$ OK Done']],
    ['the OK names capabilities', [NAMESPACE, '$ OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] Done']],
  ])('what it has asked before when %s', async (_, answer) => {
    const setup = await startProxied(mailServer({ ...ANSWERS, NAMESPACE: answer }));
    const first = await session(setup, ['NAMESPACE']);

    expect(await session(setup, ['NAMESPACE'])).toEqual(first);

    expect(sent(setup, 0).filter((line) => line === 't2 NAMESPACE')).toHaveLength(2);
  });

  it('what was asked only after an ENABLE that it has not made, and the other way round', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    using one = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    using other = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await ask(one, 'ENABLE QRESYNC');
    await ask(one, 'NAMESPACE');
    await ask(other, 'CAPABILITY');
    await one.logout();
    await other.logout();
    await setup.proxy.waitForPool({ parked: 2 });

    await session(setup, ['NAMESPACE']);
    expect(sent(setup, 1)).toContain('t2 NAMESPACE');
    await session(setup, ['ENABLE QRESYNC', 'NAMESPACE', 'CAPABILITY']);
    expect(sent(setup, 0)).toContain('t4 CAPABILITY');
    expect(sent(setup, 0).filter((line) => line.includes('NAMESPACE'))).toHaveLength(1);
  });

  it('a second ENABLE, behind one that was answered from memory; the connection is not kept then', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    await session(setup, ['ENABLE QRESYNC']);
    const heard = sent(setup, 0);

    await session(setup, ['ENABLE QRESYNC', 'ENABLE QRESYNC']);

    expect(sent(setup, 0).slice(heard.length)).toEqual(['t3 ENABLE QRESYNC', 'P3 LOGOUT']);
    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'lasting state': 1 } });
  });
});

describe('What one login was told, another is not:', () => {
  /** Each connection has words of its own. */
  async function start(): Promise<ProxiedServer> {
    return startProxied((connection, index) =>
      mailServer({ NAMESPACE: [`* NAMESPACE (("${index}" "/")) NIL NIL`, `$ OK By ${index}`] })(
        connection,
        index,
      ),
    );
  }

  it.each([
    ['another user', { user: 'bob' }],
    ['another user, whose name begins alike', { user: `${USER}2` }],
    ['another secret of the same user', { password: 'sesame open' }],
  ])('%s', async (_, who) => {
    const setup = await start();
    expect(await session(setup, ['NAMESPACE'])).toEqual(['* NAMESPACE (("0" "/")) NIL NIL | OK By 0']);
    await session(setup, [], who);

    expect(await session(setup, ['NAMESPACE'], who)).toEqual(['* NAMESPACE (("1" "/")) NIL NIL | OK By 1']);

    expect(sent(setup, 1)).toContain('t2 NAMESPACE');
  });
});

describe('What the proxy hides of the capabilities stays hidden', () => {
  const LIST = 'IMAP4rev1 COMPRESS=DEFLATE ENABLE LOGIN-REFERRALS UNAUTHENTICATE AUTH=GSSAPI';

  it('in an answer from memory', async () => {
    const setup = await startProxied(
      mailServer({ CAPABILITY: [`* CAPABILITY ${LIST}`, '$ OK Done'] }, { capabilities: LIST }),
    );
    const cold = await session(setup, ['CAPABILITY']);

    const hot = await session(setup, ['CAPABILITY']);

    expect(hot).toEqual(['* CAPABILITY IMAP4rev1 ENABLE | OK Done']);
    expect(hot).toEqual(cold);
  });

  it('in the words with which a server completes a question that was put to it again', async () => {
    const setup = await startProxied(async (connection, index) => {
      const completion = index === 0 ? '$ OK Enabled' : `$ OK [CAPABILITY ${LIST}] Enabled`;
      await mailServer({ ...ANSWERS, ENABLE: ['* ENABLED QRESYNC', completion] })(connection, index);
    });
    await session(setup, ['ENABLE QRESYNC']);
    const client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await ask(client, 'ENABLE QRESYNC');
    (await setup.upstream(0)).cut();
    await setup.proxy.waitForPool({ parked: 0 });
    await ask(client, 'SELECT INBOX');
    await client.logout();
    await isOver(setup);

    const [answer] = await session(setup, ['ENABLE QRESYNC']);

    expect(answer).toMatch(/^\* ENABLED QRESYNC \| OK /);
    expect(answer).not.toMatch(/COMPRESS|REFERRALS|UNAUTHENTICATE|GSSAPI/);
  });
});

describe('With `answer_from_memory no`', () => {
  const directives = { answer_from_memory: false };

  it('every question goes to the server', async () => {
    const setup = await startProxied(mailServer(ANSWERS), { directives });
    const prologue = ['CAPABILITY', ME, 'NAMESPACE'];
    const first = await session(setup, prologue);

    expect(await session(setup, prologue)).toEqual(first);

    const heard = sent(setup, 0).filter((line) => line.startsWith('t'));
    expect(heard.map((line) => line.slice('t2 '.length))).toEqual([...prologue, ...prologue]);
    expect(setup.upstreams()).toHaveLength(1);
  });

  it('a connection is not kept after ENABLE', async () => {
    const setup = await startProxied(mailServer(ANSWERS), { directives });
    await session(setup, ['ENABLE QRESYNC', 'SELECT INBOX']);
    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'lasting state': 1 } });

    await session(setup, ['ENABLE QRESYNC', 'SELECT INBOX']);

    expect(sent(setup, 1).slice(0, 2)).toEqual(['t2 ENABLE QRESYNC', 't3 SELECT INBOX']);
  });
});

describe('A session that was told from memory what it has enabled', () => {
  /** Leaves one connection with QRESYNC and one with nothing, and begins a session on each count. */
  async function startWithTwo(): Promise<ProxiedServer> {
    const setup = await startProxied(mailServer(ANSWERS));
    using one = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    using other = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await ask(one, 'ENABLE QRESYNC');
    await one.logout();
    await setup.proxy.waitForPool({ parked: 1 });
    await other.logout();
    await setup.proxy.waitForPool({ parked: 2 });
    return setup;
  }

  it('gets the connection that has exactly that', async () => {
    const setup = await startWithTwo();

    await session(setup, ['ENABLE QRESYNC', 'SELECT INBOX']);
    await session(setup, ['SELECT INBOX']);

    expect(sent(setup, 0)).toContain('t3 SELECT INBOX');
    expect(sent(setup, 1)).toEqual(['P2 NOOP', 't2 SELECT INBOX', 'P3 UNSELECT', 'P4 NOOP']);
  });

  it('gets a clean one on which the same is enabled first, when another session has taken it', async () => {
    const setup = await startWithTwo();
    using one = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    using other = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await ask(one, 'ENABLE QRESYNC');
    await ask(other, 'ENABLE QRESYNC');
    await ask(one, 'SELECT INBOX');

    expect(await ask(other, 'SELECT INBOX')).toBe('* 3 EXISTS | OK [READ-WRITE] Done');

    expect(sent(setup, 1)).toEqual(['P2 NOOP', 'P3 ENABLE QRESYNC', 't3 SELECT INBOX']);
    await one.logout();
    await other.logout();
    await setup.proxy.waitForPool({ parked: 2 });
    await session(setup, ['SELECT INBOX']);
    expect(setup.upstreams()).toHaveLength(3);
  });

  it('gets a new one on which the same is enabled first, when it has ended', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    await session(setup, ['NAMESPACE', 'ENABLE QRESYNC']);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await ask(client, 'ENABLE QRESYNC');
    (await setup.upstream(0)).cut();
    await setup.proxy.waitForPool({ parked: 0 });

    expect(await ask(client, 'SELECT INBOX')).toBe('* 3 EXISTS | OK [READ-WRITE] Done');

    expect(sent(setup, 1)).toEqual(['P2 ENABLE QRESYNC', 't3 SELECT INBOX']);
    await client.logout();
    await isOver(setup);
    await session(setup, ['ENABLE QRESYNC', 'LIST "" *']);
    expect(setup.upstreams()).toHaveLength(2);
  });

  it('is served on, when the one that ended is replaced by one that was asked everything before', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    using one = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    using other = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    for (const client of [one, other]) {
      await ask(client, 'ENABLE QRESYNC');
      await client.logout();
    }
    await setup.proxy.waitForPool({ parked: 2 });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await ask(client, 'ENABLE QRESYNC');
    for (const index of [1]) (await setup.upstream(index)).cut();
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await ask(client, 'SELECT INBOX')).toBe('* 3 EXISTS | OK [READ-WRITE] Done');

    expect(setup.upstreams()).toHaveLength(2);
    expect(sent(setup, 0).filter((line) => line.includes('ENABLE'))).toHaveLength(1);
  });
});

describe('A session whose next connection answers otherwise than it was told ends with BYE, and hears nothing else,', () => {
  it.each<[string, string, readonly string[]]>([
    ['ENABLE QRESYNC', 'less', ['* ENABLED', '$ OK Done']],
    ['ENABLE QRESYNC', 'more', ['* ENABLED QRESYNC CONDSTORE', '$ OK Done']],
    ['ENABLE QRESYNC', 'OK alone', ['$ OK Done']],
    ['ENABLE QRESYNC', 'NO', ['$ NO Not here']],
    ['ENABLE QRESYNC', 'BAD', ['$ BAD Not here']],
    ['ENABLE QRESYNC', 'BYE', ['* BYE Restarting']],
    ['ENABLE QRESYNC', 'another tag', ['* ENABLED QRESYNC', 'x OK Done']],
    ['ENABLE QRESYNC', 'no IMAP', ['500 Internal Server Error']],
    ['NAMESPACE', 'another', ['* NAMESPACE (("INBOX." ".")) NIL NIL', '$ OK Done']],
    ['CAPABILITY', 'other words', ['* CAPABILITY IMAP4rev1', '$ OK Done']],
    [ME, 'another', ['* ID ("name" "Other")', '$ OK Done']],
  ])('to %s: %s', async (question, _, answer) => {
    const name = question.split(' ', 1)[0] ?? '';
    const setup = await startProxied(async (connection, index) => {
      await admit(connection);
      await serveCommands(connection, index === 0 ? ANSWERS : { ...ANSWERS, [name]: answer });
    });
    await session(setup, [question]);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await ask(client, question);
    (await setup.upstream(0)).cut();
    await setup.proxy.waitForPool({ parked: 0 });

    await client.send('a SELECT INBOX\r\nb LOGOUT\r\n');

    expect(await client.readToEnd()).toBe(BYE);
    expect(sent(setup, 1).filter((line) => line.includes('SELECT'))).toEqual([]);
    await isOver(setup);
    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'other answers': 1 } });
  });

  it.each<[string, Script]>([
    ['FIN', async (connection) => connection.cut()],
    ['RST', async (connection) => connection.reset()],
    [
      'BYE and FIN',
      async (connection) => {
        await connection.send('* BYE Restarting\r\n');
        connection.cut();
      },
    ],
    [
      'half an answer and FIN',
      async (connection) => {
        await connection.send('* ENABLED QRESYNC\r\nP2 O');
        connection.cut();
      },
    ],
  ])('also when %s is the answer', async (_, end) => {
    const setup = await startProxied(async (connection, index) => {
      await admit(connection);
      if (index === 0) return serveCommands(connection, ANSWERS);
      await connection.expectLine(/ ENABLE QRESYNC$/);
      await end(connection, index);
    });
    await session(setup, ['ENABLE QRESYNC']);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await ask(client, 'ENABLE QRESYNC');
    (await setup.upstream(0)).cut();
    await setup.proxy.waitForPool({ parked: 0 });

    await client.send('a SELECT INBOX\r\n');

    expect(await client.readToEnd()).toBe(BYE);
  });

  it('also when it does not answer for 10 seconds', async () => {
    const setup = await startProxied(async (connection, index) => {
      await admit(connection);
      if (index === 0) return serveCommands(connection, ANSWERS);
      await connection.expectLine(/ ENABLE QRESYNC$/);
      await connection.expectEnd();
    });
    await session(setup, ['ENABLE QRESYNC']);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await ask(client, 'ENABLE QRESYNC');
    (await setup.upstream(0)).cut();
    await setup.proxy.waitForPool({ parked: 0 });
    await client.send('a SELECT INBOX\r\n');
    await setup.proxy.waitForPool({ leased: 1 });

    setup.proxy.advance(10_000);

    expect(await client.readToEnd()).toBe(BYE);
    await setup.server.finished(3);
  });
});
