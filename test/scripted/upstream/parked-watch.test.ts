/** Whether a parked connection is still there: asked before it is used, and kept alive meanwhile. */
import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import {
  admit,
  mailServer,
  PASSWORD,
  type ProxiedServer,
  parkOne,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import { serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';
import { waitUntil } from '../../support/wait-until.ts';

/** Nothing else ends a parked connection while these tests last. */
const LONG_PARKED = { cache_expiration_time: 86_400, reauth_interval: 0, server_lifetime: 0 };

const CHECK_DELAY_MS = 30_000;
const KEEP_ALIVE_MS = 600_000;
const PARK_IDLE_MS = 60_000;
/** Longer than a parked connection may take to answer. */
const TOO_LATE_MS = 2_000;

const ANSWERS = { SELECT: ['* 3 EXISTS', '$ OK [READ-WRITE] Done'], STORE: ['$ OK Stored'] };

/** A server whose first connection is parked, and goes on as `script` says; every other is an ordinary one. */
async function startWith(
  script: (connection: ScriptedConnection) => Promise<unknown>,
  directives: Readonly<Record<string, number>> = {},
  capabilities?: string,
): Promise<ProxiedServer> {
  const login = capabilities === undefined ? {} : { capabilities };
  const setup = await startProxied(
    async (connection, index) => {
      await admit(connection, login);
      if (index > 0) return serveCommands(connection, ANSWERS);
      const noop = tagOf(await connection.expectLine(/ NOOP$/));
      await connection.send(`${noop} OK Done\r\n`);
      await script(connection);
    },
    { directives: { ...LONG_PARKED, ...directives } },
  );
  await parkOne(setup.proxy);
  return setup;
}

async function logIn({ proxy }: ProxiedServer): Promise<ImapClient> {
  return ImapClient.login(proxy.port, USER, PASSWORD);
}

/** Which connection the next session gets, whose first command must be answered as ever. */
async function servedBy(setup: ProxiedServer): Promise<number> {
  using client = await logIn(setup);
  const { untagged, tagged } = await client.command('SELECT INBOX');
  expect([...untagged, tagged]).toEqual(['* 3 EXISTS', 'OK [READ-WRITE] Done']);
  const index = setup.upstreams().findIndex(({ received }) => received.endsWith(' SELECT INBOX\r\n'));
  await client.logout();
  await setup.proxy.waitForPool({ leased: 0, resetting: 0 });
  return index;
}

/** What the first connection has been sent behind its first reset. */
function asked({ upstreams }: ProxiedServer): string[] {
  return (upstreams()[0]?.received ?? '').split('\r\n').slice(2, -1);
}

async function isAsked(setup: ProxiedServer, line: string | RegExp): Promise<void> {
  const matches = (text: string | undefined): boolean => new RegExp(line).test(text ?? '');
  await waitUntil(() => matches(asked(setup).at(-1)), { what: `${line} at the server` });
}

/** Ways to answer a question under `tag` from which nobody can tell where the connection stands. */
const DOUBTFUL: readonly (readonly [string, (tag: string) => string])[] = [
  ['NO', (tag) => `${tag} NO Not now\r\n`],
  ['BAD', (tag) => `${tag} BAD What?\r\n`],
  ['another tag', () => 'P99 OK Done\r\n'],
  ['BYE', () => '* BYE Autologout\r\n'],
  ['news', (tag) => `* 4 EXISTS\r\n${tag} OK Done\r\n`],
  ['a response behind the OK', (tag) => `${tag} OK Done\r\n* 4 EXISTS\r\n`],
  ['an octet behind the OK', (tag) => `${tag} OK Done\r\n*`],
  ['two OKs', (tag) => `${tag} OK Done\r\n${tag} OK Done\r\n`],
  ['a continuation request', () => '+ idling\r\n'],
  ['no IMAP', () => '500 Internal Server Error\r\n'],
];

describe('A parked connection is asked before it is used', () => {
  it('when it was silent for longer than `check_delay`, not before', async () => {
    const setup = await startWith((connection) => serveCommands(connection, ANSWERS));

    setup.proxy.advance(CHECK_DELAY_MS);
    expect(await servedBy(setup)).toBe(0);
    expect(asked(setup)[0]).toBe('t2 SELECT INBOX');

    setup.proxy.advance(CHECK_DELAY_MS + 1);
    expect(await servedBy(setup)).toBe(0);
    expect(asked(setup).slice(-4)).toEqual(['P5 NOOP', 't2 SELECT INBOX', 'P6 UNSELECT', 'P7 NOOP']);
    expect(setup.upstreams()).toHaveLength(1);
  });

  it('but not for a session that does not need it', async () => {
    const setup = await startWith((connection) => serveCommands(connection, ANSWERS));
    setup.proxy.advance(CHECK_DELAY_MS + 1);

    await (await logIn(setup)).logout();

    expect(asked(setup)).toEqual([]);
  });

  it('and a notice before the OK is no obstacle', async () => {
    const setup = await startWith(async (connection) => {
      const noop = tagOf(await connection.expectLine(/ NOOP$/));
      await connection.send(`* OK Still here\r\n${noop} OK Done\r\n`);
      await serveCommands(connection, ANSWERS);
    });
    setup.proxy.advance(CHECK_DELAY_MS + 1);

    expect(await servedBy(setup)).toBe(0);
  });

  it('and what the client sends meanwhile is not lost', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await startWith(async (connection) => {
      const noop = tagOf(await connection.expectLine(/ NOOP$/));
      await mayAnswer.promise;
      await connection.send(`${noop} OK Done\r\n`);
      await serveCommands(connection, ANSWERS);
    });
    setup.proxy.advance(CHECK_DELAY_MS + 1);
    using client = await logIn(setup);
    await client.send('x1 SELECT INBOX\r\nx2 STORE 1 ');
    await isAsked(setup, /NOOP$/);
    await client.send('+FLAGS (\\Seen)\r\nx3 LOGOUT\r\n');

    mayAnswer.resolve();

    expect((await client.readToEnd()).match(/^\S+ \S+/gm)).toEqual([
      '* 3',
      'x1 OK',
      'x2 OK',
      '* BYE',
      'x3 OK',
    ]);
    expect(asked(setup).slice(1, 3)).toEqual(['x1 SELECT INBOX', 'x2 STORE 1 +FLAGS (\\Seen)']);
  });

  it.each(DOUBTFUL)('and is closed when the answer is %s; the client gets another one', async (_, answer) => {
    const setup = await startWith(async (connection) => {
      await connection.send(answer(tagOf(await connection.expectLine(/ NOOP$/))));
      await connection.expectEnd();
    });
    setup.proxy.advance(CHECK_DELAY_MS + 1);

    expect(await servedBy(setup)).toBe(1);

    expect(setup.proxy.pool).toMatchObject({ parked: 1, closed: { 'check failed': 1 } });
  });

  it.each([
    ['FIN', (connection: ScriptedConnection) => connection.cut()],
    ['RST', (connection: ScriptedConnection) => connection.reset()],
  ])('and is closed when the answer is %s, whatever the client wants', async (_, end) => {
    const setup = await startWith(async (connection) => {
      await connection.expectLine(/ NOOP$/);
      end(connection);
    });
    setup.proxy.advance(CHECK_DELAY_MS + 1);
    using client = await logIn(setup);

    expect((await client.command('STORE 1 +FLAGS (\\Seen)')).tagged).toBe('OK Stored');

    expect(setup.proxy.pool).toMatchObject({ leased: 1, closed: { 'check failed': 1 } });
  });

  it('and is closed when there is no answer for two seconds', async () => {
    const setup = await startWith(async (connection) => {
      await connection.expectLine(/ NOOP$/);
      await connection.expectEnd();
    });
    setup.proxy.advance(CHECK_DELAY_MS + 1);
    const served = servedBy(setup);
    await isAsked(setup, /NOOP$/);

    setup.proxy.advance(TOO_LATE_MS);

    expect(await served).toBe(1);
    expect(setup.proxy.pool).toMatchObject({ parked: 1, closed: { 'check failed': 1 } });
  });

  it('and goes back to the others when the client does not wait for the answer', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await startWith(async (connection) => {
      const noop = tagOf(await connection.expectLine(/ NOOP$/));
      await mayAnswer.promise;
      await connection.send(`${noop} OK Done\r\n`);
      await serveCommands(connection, ANSWERS);
    });
    setup.proxy.advance(CHECK_DELAY_MS + 1);
    const client = await logIn(setup);
    await client.send('x SELECT INBOX\r\n');
    await isAsked(setup, /NOOP$/);
    client.reset();

    mayAnswer.resolve();

    await setup.proxy.waitForPool({ leased: 0, resetting: 0, reserved: 0, parked: 1 });
    expect(await servedBy(setup)).toBe(0);
  });
});

describe('A parked connection shows the server that it is in use', () => {
  it('by NOOP when nothing was heard for ten minutes, again and again', async () => {
    const setup = await startWith((connection) => serveCommands(connection, ANSWERS));
    setup.proxy.advance(KEEP_ALIVE_MS);
    expect(asked(setup)).toEqual([]);

    for (const line of ['P3 NOOP', 'P4 NOOP', 'P5 NOOP']) {
      setup.proxy.advance(1);
      await isAsked(setup, line);
      // Its answer has come when a session can have the connection at once.
      await waitUntil(() => setup.proxy.clock.pending === 0, { what: 'the answer' });
      setup.proxy.advance(KEEP_ALIVE_MS);
    }

    expect(asked(setup)).toEqual(['P3 NOOP', 'P4 NOOP', 'P5 NOOP']);
    expect(setup.proxy.pool).toMatchObject({ parked: 1 });
  });

  it.each(DOUBTFUL)('and is closed when the answer is %s', async (_, answer) => {
    const setup = await startWith(async (connection) => {
      await connection.send(answer(tagOf(await connection.expectLine(/ NOOP$/))));
      await connection.expectEnd();
    });

    setup.proxy.advance(KEEP_ALIVE_MS + 1);

    await setup.proxy.waitForPool({ parked: 0 });
    expect(Object.values(setup.proxy.pool.closed)).toEqual([1]);
    expect(await servedBy(setup)).toBe(1);
  });

  it('and is closed when there is no answer for two seconds', async () => {
    const setup = await startWith(async (connection) => {
      await connection.expectLine(/ NOOP$/);
      await connection.expectEnd();
    });
    setup.proxy.advance(KEEP_ALIVE_MS + 1);
    await isAsked(setup, /NOOP$/);

    setup.proxy.advance(TOO_LATE_MS);

    await setup.proxy.waitForPool({ parked: 0, closed: { 'check failed': 1 } });
  });

  it('and whoever needs it meanwhile waits for the answer', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await startWith(async (connection) => {
      const noop = tagOf(await connection.expectLine(/ NOOP$/));
      await mayAnswer.promise;
      await connection.send(`${noop} OK Done\r\n`);
      await serveCommands(connection, ANSWERS);
    });
    setup.proxy.advance(KEEP_ALIVE_MS + 1);
    await isAsked(setup, 'P3 NOOP');
    const served = servedBy(setup);
    await setup.proxy.waitForPool({ leased: 1 });

    mayAnswer.resolve();

    expect(await served).toBe(0);
    expect(asked(setup).slice(0, 2)).toEqual(['P3 NOOP', 't2 SELECT INBOX']);
  });
});

describe('With `park_idle` a parked connection', () => {
  const directives = { park_idle: PARK_IDLE_MS / 1000 };

  /** Answers IDLE, and DONE with what `idled` makes of the tag. */
  function idling(
    idled = (tag: string): string => `${tag} OK Idled\r\n`,
  ): (connection: ScriptedConnection) => Promise<void> {
    return async (connection) => {
      const tag = tagOf(await connection.expectLine(/ IDLE$/));
      await connection.send('+ idling\r\n');
      if ((await connection.lineOrEnd()) === undefined) return;
      await connection.send(idled(tag));
      await serveCommands(connection, ANSWERS);
    };
  }

  /** Lets so much time go by that the first connection is in IDLE, and gives the server's end of it. */
  async function letIdle(setup: ProxiedServer): Promise<ScriptedConnection> {
    setup.proxy.advance(PARK_IDLE_MS + 1);
    await isAsked(setup, / IDLE$/);
    await waitUntil(() => setup.proxy.clock.pending === 0, { what: 'the answer to IDLE' });
    return setup.upstream(0);
  }

  it('is put into IDLE after that time, and taken out of it by whoever needs it', async () => {
    const setup = await startWith(idling(), directives);
    setup.proxy.advance(PARK_IDLE_MS);
    expect(asked(setup)).toEqual([]);
    await letIdle(setup);

    expect(await servedBy(setup)).toBe(0);

    expect(asked(setup).slice(0, 3)).toEqual(['P3 IDLE', 'DONE', 't2 SELECT INBOX']);
  });

  it('may be told now and then that the server is still there', async () => {
    const setup = await startWith(idling(), directives);
    const connection = await letIdle(setup);

    for (let count = 0; count < 3; count += 1) await connection.send('* OK Still here\r\n* OK And here\r\n');

    expect(await servedBy(setup)).toBe(0);
    expect(setup.upstreams()).toHaveLength(1);
  });

  it.each([
    ['BYE', '* BYE Autologout\r\n'],
    ['news', '* 4 EXISTS\r\n'],
    ['the end of IDLE', 'P3 OK Idled\r\n'],
    ['a notice and then news', '* OK Still here\r\n* 4 EXISTS\r\n'],
    ['no IMAP', 'What?\r\n'],
  ])('is closed when the server says %s', async (_, words) => {
    const setup = await startWith(idling(), directives);
    const connection = await letIdle(setup);

    await connection.send(words);

    await setup.proxy.waitForPool({ parked: 0, closed: { 'unexpected octets': 1 } });
    expect(await servedBy(setup)).toBe(1);
  });

  it.each([
    ['FIN', (connection: ScriptedConnection) => connection.cut()],
    ['RST', (connection: ScriptedConnection) => connection.reset()],
  ])('is closed when the server ends it by %s', async (_, end) => {
    const setup = await startWith(idling(), directives);

    end(await letIdle(setup));

    await setup.proxy.waitForPool({ parked: 0, closed: { 'closed by server': 1 } });
    expect(await servedBy(setup)).toBe(1);
  });

  it.each([...DOUBTFUL])(
    'is closed when DONE is answered by %s; the client gets another one',
    async (_, idled) => {
      const setup = await startWith(idling(idled), directives);
      await letIdle(setup);

      expect(await servedBy(setup)).toBe(1);

      expect(setup.proxy.pool).toMatchObject({ closed: { 'check failed': 1 } });
    },
  );

  it('is closed when DONE is not answered for two seconds; the client gets another one', async () => {
    const setup = await startWith(
      idling(() => ''),
      directives,
    );
    await letIdle(setup);
    const served = servedBy(setup);
    await isAsked(setup, 'DONE');

    setup.proxy.advance(TOO_LATE_MS);

    expect(await served).toBe(1);
  });

  it.each([
    ['NO', (tag: string) => `${tag} NO Not now\r\n`],
    ['BAD', (tag: string) => `${tag} BAD What?\r\n`],
    ['BYE', () => '* BYE Restarting\r\n'],
  ])('is closed when IDLE is answered by %s', async (_, answer) => {
    const setup = await startWith(async (connection) => {
      await connection.send(answer(tagOf(await connection.expectLine(/ IDLE$/))));
      await connection.expectEnd();
    }, directives);

    setup.proxy.advance(PARK_IDLE_MS + 1);

    await setup.proxy.waitForPool({ parked: 0, closed: { 'check failed': 1 } });
    expect(await servedBy(setup)).toBe(1);
  });

  it('is put into IDLE anew before the server ends it for that', async () => {
    const setup = await startWith(async (connection) => {
      for (const tag of ['P3', 'P4']) {
        await connection.expectLine(`${tag} IDLE`);
        await connection.send('+ idling\r\n');
        await connection.expectLine('DONE');
        await connection.send(`${tag} OK Idled\r\n`);
      }
      await serveCommands(connection, ANSWERS);
    }, directives);
    await letIdle(setup);

    setup.proxy.advance(KEEP_ALIVE_MS + 1);
    await isAsked(setup, 'P4 IDLE');
    await waitUntil(() => setup.proxy.clock.pending === 0, { what: 'the answer to IDLE' });

    expect(await servedBy(setup)).toBe(0);
    expect(asked(setup).slice(0, 5)).toEqual(['P3 IDLE', 'DONE', 'P4 IDLE', 'DONE', 't2 SELECT INBOX']);
  });

  it('is taken out of IDLE first by whoever needs it while it is put into that', async () => {
    const mayIdle = Promise.withResolvers<void>();
    const setup = await startWith(async (connection) => {
      const tag = tagOf(await connection.expectLine(/ IDLE$/));
      await mayIdle.promise;
      await connection.send('+ idling\r\n');
      await connection.expectLine('DONE');
      await connection.send(`${tag} OK Idled\r\n`);
      await serveCommands(connection, ANSWERS);
    }, directives);
    setup.proxy.advance(PARK_IDLE_MS + 1);
    await isAsked(setup, / IDLE$/);
    const served = servedBy(setup);
    await setup.proxy.waitForPool({ leased: 1 });

    mayIdle.resolve();

    expect(await served).toBe(0);
    expect(asked(setup).slice(0, 3)).toEqual(['P3 IDLE', 'DONE', 't2 SELECT INBOX']);
  });

  it('is taken out of IDLE before it is told LOGOUT', async () => {
    const setup = await startWith(idling(), { ...directives, cache_expiration_time: 120 });
    await letIdle(setup);

    setup.proxy.advance(120_000);

    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { idle: 1 } });
    await isAsked(setup, / LOGOUT$/);
    expect(asked(setup)).toEqual(['P3 IDLE', 'DONE', 'P4 LOGOUT']);
  });

  it('is left alone while a session counts on it', async () => {
    const setup = await startWith((connection) => serveCommands(connection, ANSWERS), directives);
    using client = await logIn(setup);

    setup.proxy.advance(PARK_IDLE_MS + 1);

    expect((await client.command('SELECT INBOX')).status).toBe('OK');
    expect(asked(setup)).toEqual(['P3 NOOP', 't2 SELECT INBOX']);
  });

  it('is left alone when the server does not offer IDLE', async () => {
    const setup = await startWith(
      (connection) => serveCommands(connection, ANSWERS),
      directives,
      'IMAP4rev1 UNSELECT',
    );

    setup.proxy.advance(PARK_IDLE_MS + 1);

    expect(await servedBy(setup)).toBe(0);
    expect(asked(setup).slice(0, 2)).toEqual(['P3 NOOP', 't2 SELECT INBOX']);
  });
});

it('Without `park_idle` no parked connection is put into IDLE', async () => {
  const setup = await startProxied(mailServer(ANSWERS), { directives: LONG_PARKED });
  await parkOne(setup.proxy);

  setup.proxy.advance(KEEP_ALIVE_MS);

  expect(setup.upstreams()[0]?.received).not.toContain('IDLE');
});
