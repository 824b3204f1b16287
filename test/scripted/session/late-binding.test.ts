import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import {
  mailServer,
  PASSWORD,
  type ProxiedServer,
  parkOne,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';

const ENABLED = ['* ENABLED QRESYNC', '$ OK Enabled'];
const ANSWERS = {
  ENABLE: ENABLED,
  STATUS: ['* STATUS INBOX (HIGHESTMODSEQ 7)', '$ OK Done'],
  SELECT: ['* 3 EXISTS', '$ OK [READ-WRITE] Done'],
  LIST: ['$ OK Done'],
  NOTIFY: ['$ OK Done'],
  LANGUAGE: ['* LANGUAGE (DE)', '$ OK Done'],
  XYZZY: ['$ OK Nothing happens'],
  FETCH: ['* 1 FETCH (FLAGS () MODSEQ (7))', '$ OK Done'],
};

/** A whole session of one user that sends `commands` one after another. Returns their answers in words. */
async function session({ proxy }: ProxiedServer, ...commands: readonly string[]): Promise<string[]> {
  const client = await ImapClient.login(proxy.port, USER, PASSWORD);
  const answers: string[] = [];
  for (const command of commands) {
    const { untagged, tagged } = await client.command(command);
    answers.push([...untagged, tagged].join(' | '));
  }
  await client.logout();
  await proxy.waitForPool({ leased: 0, resetting: 0, reserved: 0 });
  return answers;
}

/** What connection `index` has been sent after its login. */
function sent({ upstreams }: ProxiedServer, index: number): string[] {
  return (upstreams()[index]?.received ?? '').split('\r\n').slice(1, -1);
}

describe('A session from memory', () => {
  it('that only logs in and out sends nothing to the server', async () => {
    const setup = await startProxied();
    await parkOne(setup.proxy);
    const before = sent(setup, 0);

    for (let count = 0; count < 3; count += 1) await session(setup);

    expect(sent(setup, 0)).toEqual(before);
    expect(setup.proxy.pool).toMatchObject({ parked: 1, created: 1, reused: 0 });
  });

  it('gets its connection with its first command, which is forwarded as it is', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    await parkOne(setup.proxy);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    await client.send('x1 select ');
    await client.send('InBox\r\n');

    expect((await client.readReply('x1')).untagged).toEqual(['* 3 EXISTS']);
    expect(sent(setup, 0).at(-1)).toBe('x1 select InBox');
  });
});

describe('A connection on which a session began with ENABLE QRESYNC', () => {
  it('serves a session that begins alike, whose ENABLE is answered from memory', async () => {
    const setup = await startProxied(mailServer(ANSWERS));

    const first = await session(setup, 'ENABLE QRESYNC', 'SELECT INBOX');
    const second = await session(setup, 'enable qresync', 'SELECT INBOX');

    expect(second).toEqual(first);
    expect(setup.upstreams()).toHaveLength(1);
    expect(sent(setup, 0)).toEqual([
      't2 ENABLE QRESYNC',
      't3 SELECT INBOX',
      'P2 UNSELECT',
      'P3 NOOP',
      't3 SELECT INBOX',
      'P4 UNSELECT',
      'P5 NOOP',
    ]);
  });

  it.each([
    ['SELECT INBOX'],
    ['NOOP'],
    ['ENABLE CONDSTORE'],
    ['ENABLE QRESYNC UTF8=ACCEPT'],
    ['STATUS INBOX (HIGHESTMODSEQ)'],
    ['COMPRESS DEFLATE'],
    ['ENABLE {8+}\r\nQRESYNC '],
  ])('never serves one that begins with %s', async (command) => {
    const setup = await startProxied(mailServer(ANSWERS));
    await session(setup, 'ENABLE QRESYNC');

    const [answer] = await session(setup, command);

    expect(answer).toMatch(/(OK|NO \[CANNOT\]) /);
    expect(setup.upstreams()).toHaveLength(2);
    expect(sent(setup, 0)).toEqual(['t2 ENABLE QRESYNC', 'P2 NOOP']);
  });

  it('leaves a clean connection parked beside it to those that begin otherwise', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    using one = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    using other = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await one.command('ENABLE QRESYNC');
    await one.logout();
    await other.logout();
    await setup.proxy.waitForPool({ parked: 2 });

    await session(setup, 'SELECT INBOX');
    await session(setup, 'ENABLE QRESYNC', 'LIST "" *');

    expect(setup.upstreams()).toHaveLength(2);
    expect(sent(setup, 0)).toEqual(['t2 ENABLE QRESYNC', 'P2 NOOP', 't3 LIST "" *', 'P3 NOOP']);
    expect(sent(setup, 1)).toContain('t2 SELECT INBOX');
  });

  it('is kept no longer when more was enabled on it', async () => {
    const setup = await startProxied(mailServer(ANSWERS));

    await session(setup, 'ENABLE QRESYNC', 'ENABLE UTF8=ACCEPT');

    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'lasting state': 1 } });
  });

  it('is not kept when ENABLE was not the first command but another switched something on', async () => {
    const setup = await startProxied(mailServer(ANSWERS));

    await session(setup, 'STATUS INBOX (HIGHESTMODSEQ)', 'ENABLE QRESYNC');

    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'lasting state': 1 } });
  });

  it('is not kept when the ENABLE was refused', async () => {
    const setup = await startProxied(mailServer({ ENABLE: ['$ NO Not today'] }));

    await session(setup, 'ENABLE QRESYNC');

    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'lasting state': 1 } });
  });

  it('answers the ENABLE in its turn in a pipeline', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    await session(setup, 'ENABLE QRESYNC');
    using client = await ImapClient.connect(setup.proxy.port);

    await client.send(
      `a LOGIN ${USER} "${PASSWORD}"\r\nb ENABLE QRESYNC\r\nc SELECT INBOX\r\nd ENABLE QRESYNC\r\ne LOGOUT\r\n`,
    );

    const lines = (await client.readToEnd()).split('\r\n').slice(2);
    expect(lines).toEqual([
      '* ENABLED QRESYNC',
      'b OK Enabled',
      '* 3 EXISTS',
      'c OK [READ-WRITE] Done',
      '* ENABLED QRESYNC',
      'd OK Enabled',
      '* BYE LOGOUT received',
      'e OK Completed',
      '',
    ]);
    expect(sent(setup, 0).slice(2)).toEqual(expect.arrayContaining(['c SELECT INBOX', 'd ENABLE QRESYNC']));
  });
});

describe('A connection that STATUS (HIGHESTMODSEQ) has made CONDSTORE-aware', () => {
  it('serves a session that begins with such a command', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    await session(setup, 'STATUS INBOX (HIGHESTMODSEQ)');

    await session(setup, 'SELECT INBOX (CONDSTORE)');

    expect(setup.upstreams()).toHaveLength(1);
  });

  it.each([['SELECT INBOX'], ['ENABLE CONDSTORE'], ['FETCH 1 FLAGS']])(
    'never serves one that begins with %s',
    async (command) => {
      const setup = await startProxied(mailServer(ANSWERS));
      await session(setup, 'STATUS INBOX (HIGHESTMODSEQ)');

      await session(setup, command);

      expect(setup.upstreams()).toHaveLength(2);
      expect(sent(setup, 0)).toEqual(['t2 STATUS INBOX (HIGHESTMODSEQ)', 'P2 NOOP']);
    },
  );
});

it.each([
  ['NOTIFY NONE', 'lasting state'],
  ['LANGUAGE DE', 'lasting state'],
  ['XYZZY', 'unknown command'],
])('A connection that has seen %s is not kept', async (command, reason) => {
  const setup = await startProxied(mailServer(ANSWERS));

  await session(setup, command);
  await session(setup, 'LIST "" *');

  expect(setup.proxy.pool).toMatchObject({ parked: 1, closed: { [reason]: 1 } });
  expect(setup.upstreams()).toHaveLength(2);
});

describe('A reserved connection that ends before the first command', () => {
  it('is replaced by a new login of which the client sees nothing', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    await parkOne(setup.proxy);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    (await setup.upstream(0)).cut();
    await setup.proxy.waitForPool({ parked: 0 });
    const select = await client.command('SELECT INBOX');

    expect(select).toMatchObject({ untagged: ['* 3 EXISTS'], tagged: 'OK [READ-WRITE] Done' });
    expect(sent(setup, 1)).toEqual(['t2 SELECT INBOX']);
  });

  it.each([
    ['refuses the login', 'NO [AUTHENTICATIONFAILED] Not any more'],
    ['does not answer it', undefined],
  ])('ends the session with BYE when the server %s', async (_, answer) => {
    const setup = await startProxied(async (connection, index) => {
      if (index === 0) return mailServer(ANSWERS)(connection, index);
      await connection.send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n');
      const [tag] = (await connection.expectLine(/ AUTHENTICATE /)).split(' ');
      if (answer === undefined) connection.cut();
      else await connection.send(`${tag} ${answer}\r\n`);
    });
    await parkOne(setup.proxy);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    (await setup.upstream(0)).cut();
    await setup.proxy.waitForPool({ parked: 0 });

    await client.send('a SELECT INBOX\r\nb NOOP\r\n');

    expect(await client.readToEnd()).toBe(
      '* BYE [UNAVAILABLE] Mail server is not available at the moment\r\n',
    );
  });

  it('costs nothing when the session only logs out', async () => {
    const setup = await startProxied(mailServer(ANSWERS));
    await parkOne(setup.proxy);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    (await setup.upstream(0)).cut();
    await setup.proxy.waitForPool({ parked: 0 });

    expect((await client.logout()).status).toBe('OK');

    expect(setup.upstreams()).toHaveLength(1);
  });
});

it('Two sessions at once never get the same parked connection', async () => {
  const setup = await startProxied(mailServer(ANSWERS));
  await parkOne(setup.proxy);
  using one = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
  using other = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

  await Promise.all([one.send('x1 SELECT INBOX\r\n'), other.send('y1 LIST "" *\r\n')]);
  await Promise.all([one.readReply('x1'), other.readReply('y1')]);

  expect(setup.upstreams()).toHaveLength(2);
  const [firsts, seconds] = [sent(setup, 0).slice(-1), sent(setup, 1)];
  expect([...firsts, ...seconds].sort()).toEqual(['x1 SELECT INBOX', 'y1 LIST "" *']);
});
