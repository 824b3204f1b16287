import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { admit, PASSWORD, type ProxiedServer, startProxied, USER } from '../../support/proxied-server.ts';
import { answerReset, serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { Script, ScriptedConnection } from '../../support/scripted-server.ts';

/** Longer than the server may take for its answer. */
const TOO_LATE_MS = 2_000;

/** A server on whose first connection a mailbox gets selected; `reset` plays what the proxy does then. */
function resettingBy(reset: Script, capabilities?: string): Promise<ProxiedServer> {
  const answers = { SELECT: ['* 3 EXISTS', '$ OK [READ-WRITE] Done'] };
  return startProxied(async (connection, index) => {
    await admit(connection, capabilities === undefined ? {} : { capabilities });
    if (index > 0) return serveCommands(connection, answers);
    const tag = tagOf(await connection.expectLine(/ SELECT INBOX$/));
    await connection.send(`* 3 EXISTS\r\n${tag} OK [READ-WRITE] Done\r\n`);
    await reset(connection, index);
  });
}

/** Plays a server that answers UNSELECT and NOOP, whose tags `answer` is given, by what that gives. */
function answering(answer: (unselect: string, noop: string) => string): Script {
  return async (connection) => {
    const unselect = tagOf(await connection.expectLine(/ UNSELECT$/));
    const noop = tagOf(await connection.expectLine(/ NOOP$/));
    await connection.send(answer(unselect, noop));
  };
}

async function selectAndLeave({ proxy }: ProxiedServer): Promise<void> {
  const client = await ImapClient.login(proxy.port, USER, PASSWORD);
  await client.command('SELECT INBOX');
  await client.logout();
}

/** Which connection, counted from 0, the next session of the user gets; it must be as after a login. */
async function servedBy({ proxy, upstreams }: ProxiedServer): Promise<number> {
  using client = await ImapClient.connect(proxy.port);
  const greeting = await client.readGreeting();
  const login = await client.login(USER, PASSWORD);
  const noop = await client.command('NOOP');
  expect(greeting).toMatch(/^\* OK /);
  expect(login).toMatchObject({ status: 'OK', untagged: [] });
  expect(noop).toMatchObject({ tagged: 'OK NOOP completed', untagged: [] });
  return upstreams().findIndex(({ received }) => received.endsWith(`${noop.tag} NOOP\r\n`));
}

describe('A connection is closed and never handed out when its reset is answered by', () => {
  it.each<[string, (unselect: string, noop: string) => string]>([
    ['NO to UNSELECT', (u, n) => `${u} NO\r\n${n} OK\r\n`],
    ['NO to NOOP', (u, n) => `${u} OK\r\n${n} NO not now\r\n`],
    ['BAD to NOOP', (u, n) => `${u} OK\r\n${n} BAD what\r\n`],
    ['another tag', (u) => `${u} OK\r\nP99 OK\r\n`],
    ['a tag that begins alike', (u, n) => `${u} OK\r\n${n}0 OK\r\n`],
    ['a tag in another letter case', (u, n) => `${u} OK\r\n${n.toLowerCase()} OK\r\n`],
    ["the reply to a client's command", (u, n) => `${u} OK\r\nt2 OK Fetched\r\n${n} OK\r\n`],
    ['the answers in the wrong order', (u, n) => `${n} OK\r\n${u} OK\r\n`],
    ['one answer twice', (u, n) => `${u} OK\r\n${u} OK\r\n${n} OK\r\n`],
    ['BYE', (u, n) => `${u} OK\r\n* BYE Restarting\r\n${n} OK\r\n`],
    ['an untagged BAD', (u, n) => `${u} OK\r\n* BAD Invalid tag\r\n${n} OK\r\n`],
    ['a continuation request', (u, n) => `${u} OK\r\n+ idling\r\n${n} OK\r\n`],
    ['a response behind it', (u, n) => `${u} OK\r\n${n} OK\r\n* 4 EXISTS\r\n`],
    ['an octet behind it', (u, n) => `${u} OK\r\n${n} OK\r\n*`],
    ['a literal begun behind it', (u, n) => `${u} OK\r\n${n} OK\r\n* 1 FETCH (BODY[] {3}\r\n`],
    ['no IMAP', () => 'Internal Server Error\r\n'],
    ['a line without end', () => `* OK ${'x'.repeat(65 * 1024)}`],
    ['too much', () => '* 1 FETCH (FLAGS ())\r\n'.repeat(13_000)],
  ])('%s', async (_, answer) => {
    const setup = await resettingBy(async (connection, index) => {
      await answering(answer)(connection, index);
      await connection.stall();
    });
    await selectAndLeave(setup);
    await setup.proxy.waitForPool({ closed: { 'reset failed': 1 } });

    expect(await servedBy(setup)).toBe(1);
  });

  it.each<[string, (unselect: string, noop: string) => string]>([
    ['nothing', () => ''],
    ['half of it', (u, n) => `${u} OK\r\n${n} O`],
    ['the first answer only', (u) => `${u} OK\r\n`],
    ['an answer that stands inside a literal', (u, n) => `${u} OK\r\n* LIST () "/" {99}\r\n${n} OK\r\n`],
    ['a stream of other news', (u) => `${u} OK\r\n* OK Still here\r\n`],
  ])('%s for two seconds', async (_, answer) => {
    const setup = await resettingBy(async (connection, index) => {
      await answering(answer)(connection, index);
      await connection.expectEnd();
    });
    await selectAndLeave(setup);
    await setup.proxy.waitForPool({ resetting: 1 });

    setup.proxy.advance(TOO_LATE_MS);

    await setup.proxy.waitForPool({ resetting: 0, closed: { 'reset failed': 1 } });
    expect(await servedBy(setup)).toBe(1);
  });

  it.each([['FIN'], ['RST']])('%s', async (how) => {
    const setup = await resettingBy(async (connection) => {
      await connection.expectLine(/ UNSELECT$/);
      if (how === 'FIN') connection.cut();
      else connection.reset();
    });
    await selectAndLeave(setup);
    await setup.proxy.waitForPool({ closed: { 'closed by server': 1 } });

    expect(await servedBy(setup)).toBe(1);
  });
});

describe('A connection is handed out again when its reset is answered by', () => {
  it.each<[string, (unselect: string, noop: string) => string]>([
    ['two OKs', (u, n) => `${u} OK Unselect completed\r\n${n} OK NOOP completed\r\n`],
    ['BAD to UNSELECT, for nothing was selected', (u, n) => `${u} BAD Nothing selected\r\n${n} OK\r\n`],
    ['news of the mailbox before them', (u, n) => `* 4 EXISTS\r\n* 1 EXPUNGE\r\n${u} OK\r\n${n} OK\r\n`],
    ['news between them', (u, n) => `${u} OK\r\n* OK [ALERT] Disk full {3}\r\n${n} OK\r\n`],
    ['a literal between them', (u, n) => `${u} OK\r\n* LIST () "/" {7}\r\n${n} NO\r\n\r\n${n} OK\r\n`],
    ['bare status words', (u, n) => `${u} OK\r\n${n} OK\r\n`],
  ])('%s', async (_, answer) => {
    const setup = await resettingBy(async (connection, index) => {
      await answering(answer)(connection, index);
      await serveCommands(connection);
    });
    await selectAndLeave(setup);
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await servedBy(setup)).toBe(0);
  });

  it('octets that drip in one by one', async () => {
    const setup = await resettingBy(async (connection) => {
      const unselect = tagOf(await connection.expectLine(/ UNSELECT$/));
      const noop = tagOf(await connection.expectLine(/ NOOP$/));
      await connection.sendSlowly(`* 4 EXISTS\r\n${unselect} OK Done\r\n${noop} OK Done\r\n`);
      await serveCommands(connection);
    });
    await selectAndLeave(setup);
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await servedBy(setup)).toBe(0);
  });
});

describe('The reset', () => {
  it('goes out in one piece, under tags that the connection has not seen', async () => {
    const setup = await resettingBy(async (connection) => {
      await answerReset(connection);
      await serveCommands(connection);
    });
    await selectAndLeave(setup);
    await setup.proxy.waitForPool({ parked: 1 });

    const [connection] = setup.upstreams();
    expect(connection?.chunks.at(-1)?.octets.toString()).toBe('P2 UNSELECT\r\nP3 NOOP\r\n');
  });

  it('is a NOOP alone when no mailbox was opened', async () => {
    const { proxy, upstream } = await startProxied(async (connection) => {
      await admit(connection);
      await serveCommands(connection, { LIST: ['$ OK Done'] });
    });
    const client = await ImapClient.login(proxy.port, USER, PASSWORD);
    await client.command('LIST "" *');
    await client.logout();
    await proxy.waitForPool({ parked: 1 });

    expect((await upstream(0)).received).toMatch(/LIST "" \*\r\nP2 NOOP\r\n$/);
  });

  it('uses UNSELECT on a server that names IMAP4rev2 instead of it', async () => {
    const setup = await resettingBy(async (connection) => {
      await answerReset(connection);
      await serveCommands(connection);
    }, 'IMAP4rev2');
    await selectAndLeave(setup);
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await servedBy(setup)).toBe(0);
  });

  it('lets a login that comes meanwhile wait a moment for the connection', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await resettingBy(async (connection) => {
      const unselect = tagOf(await connection.expectLine(/ UNSELECT$/));
      const noop = tagOf(await connection.expectLine(/ NOOP$/));
      await mayAnswer.promise;
      await connection.send(`${unselect} OK\r\n${noop} OK\r\n`);
      await serveCommands(connection);
    });
    await selectAndLeave(setup);
    const served = servedBy(setup);
    await setup.proxy.waitForPool({ waiting: 1 });

    mayAnswer.resolve();

    expect(await served).toBe(0);
  });

  it('that does not come back keeps a login waiting for 200 ms at most', async () => {
    const setup = await resettingBy((connection) => connection.stall());
    await selectAndLeave(setup);
    const served = servedBy(setup);
    await setup.proxy.waitForPool({ waiting: 1 });

    setup.proxy.advance(200);

    expect(await served).toBe(1);
  });
});

describe('Without UNSELECT the reset', () => {
  const OLD_SERVER = 'IMAP4rev1 IDLE';

  async function examine(connection: ScriptedConnection, answer: string): Promise<void> {
    const line = await connection.expectLine(/ EXAMINE INBOX$/);
    expect(connection.received.endsWith(`${line}\r\n`)).toBe(true);
    await connection.send(`* 3 EXISTS\r\n${tagOf(line)} ${answer}\r\n`);
  }

  it('opens INBOX read-only, and closes it once the server has said that it is', async () => {
    const setup = await resettingBy(async (connection) => {
      await examine(connection, 'OK [READ-ONLY] Done');
      const close = tagOf(await connection.expectLine(/ CLOSE$/));
      const noop = tagOf(await connection.expectLine(/ NOOP$/));
      await connection.send(`${close} OK Closed\r\n${noop} OK Done\r\n`);
      await serveCommands(connection);
    }, OLD_SERVER);
    await selectAndLeave(setup);
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await servedBy(setup)).toBe(0);
  });

  it.each([
    ['OK [READ-WRITE] Done'],
    ['OK Done'],
    ['OK Done [READ-ONLY]'],
    ['NO [READ-ONLY] Not there'],
    ['BAD [READ-ONLY] What'],
  ])('closes the connection, and sends no CLOSE, when that is answered %s', async (answer) => {
    const setup = await resettingBy(async (connection) => {
      await examine(connection, answer);
      await connection.expectEnd();
    }, OLD_SERVER);
    await selectAndLeave(setup);
    await setup.proxy.waitForPool({ closed: { 'reset failed': 1 } });

    expect(await servedBy(setup)).toBe(1);
    expect(setup.upstreams()[0]?.received).not.toContain('CLOSE');
  });

  it.each([['NO Not closed'], ['BAD What']])(
    'closes the connection when CLOSE is answered %s',
    async (answer) => {
      const setup = await resettingBy(async (connection) => {
        await examine(connection, 'OK [READ-ONLY] Done');
        const close = tagOf(await connection.expectLine(/ CLOSE$/));
        const noop = tagOf(await connection.expectLine(/ NOOP$/));
        await connection.send(`${close} ${answer}\r\n${noop} OK Done\r\n`);
        await connection.expectEnd();
      }, OLD_SERVER);
      await selectAndLeave(setup);
      await setup.proxy.waitForPool({ closed: { 'reset failed': 1 } });

      expect(await servedBy(setup)).toBe(1);
    },
  );
});
