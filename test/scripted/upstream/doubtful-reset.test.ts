/** Whoever wants a connection that does not come back clean gets another one. */
import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import {
  admit,
  PASSWORD,
  type ProxiedServer,
  parkOne,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import { serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';

const ANSWERS = { SELECT: ['* 3 EXISTS', '$ OK [READ-WRITE] Done'] };

/** Longer than the server may take for its answer. */
const TOO_LATE_MS = 2_000;

/** Ways to answer the NOOP of a reset that has nothing to close. */
const DOUBTFUL: readonly (readonly [string, (tag: string) => string])[] = [
  ['NO', (tag) => `${tag} NO Not now\r\n`],
  ['BAD', (tag) => `${tag} BAD What?\r\n`],
  ['another tag', () => 'P99 OK Done\r\n'],
  ['BYE', () => '* BYE Restarting\r\n'],
  ['a response behind the OK', (tag) => `${tag} OK Done\r\n* 4 EXISTS\r\n`],
  ['an octet behind the OK', (tag) => `${tag} OK Done\r\n*`],
  ['two OKs', (tag) => `${tag} OK Done\r\n${tag} OK Done\r\n`],
];

/** A server whose first connection goes on as `script` says behind the login; every other is an ordinary one. */
function startWith(script: (connection: ScriptedConnection) => Promise<unknown>): Promise<ProxiedServer> {
  return startProxied(async (connection, index) => {
    await admit(connection);
    if (index > 0) await serveCommands(connection, ANSWERS);
    else await script(connection);
  });
}

/** Answers the NOOP of the reset, once it may, by what `answer` makes of its tag, and demands the end. */
function resetting(answer: (tag: string) => string, may = Promise.resolve()) {
  return async (connection: ScriptedConnection): Promise<void> => {
    const tag = tagOf(await connection.expectLine(/ NOOP$/));
    await may;
    await connection.send(answer(tag));
    await connection.expectEnd();
  };
}

async function visit({ proxy }: ProxiedServer): Promise<void> {
  await (await ImapClient.login(proxy.port, USER, PASSWORD)).logout();
}

/** A session whose login and first command must be answered as on a new connection, which must not be the first. */
async function expectAnother({ proxy, upstreams }: ProxiedServer): Promise<void> {
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();
  const login = await client.login(USER, PASSWORD);
  const select = await client.command('SELECT INBOX');
  expect([login.untagged, select.untagged, select.status]).toEqual([[], ['* 3 EXISTS'], 'OK']);
  expect(upstreams()[0]?.received).not.toContain('SELECT');
}

describe('A connection that was not in a mailbox is never handed out again when its reset is answered by', () => {
  it.each(DOUBTFUL)('%s', async (_, answer) => {
    const setup = await startWith(resetting(answer));

    await visit(setup);

    await setup.proxy.waitForPool({ parked: 0, closed: { 'reset failed': 1 } });
    await expectAnother(setup);
  });

  it('nothing for two seconds, and then OK', async () => {
    const { promise, resolve: answerNow } = Promise.withResolvers<void>();
    const setup = await startWith(resetting((tag) => `${tag} OK Done\r\n`, promise));
    await visit(setup);
    await setup.proxy.waitForPool({ resetting: 1 });

    setup.proxy.advance(TOO_LATE_MS);
    answerNow();

    await setup.proxy.waitForPool({ parked: 0, closed: { 'reset failed': 1 } });
    await expectAnother(setup);
  });
});

describe('A login that waits for the connection of the session before gets another one when the reset is answered by', () => {
  it.each(DOUBTFUL)('%s', async (_, answer) => {
    const { promise, resolve: answerNow } = Promise.withResolvers<void>();
    const setup = await startWith(resetting(answer, promise));
    await visit(setup);
    const served = expectAnother(setup);
    await setup.proxy.waitForPool({ resetting: 1, waiting: 1 });

    answerNow();

    await served;
    expect(setup.proxy.pool).toMatchObject({ closed: { 'reset failed': 1 } });
  });
});

describe('A session that counts on a parked connection gets another one when the server', () => {
  it.each<[string, string, (connection: ScriptedConnection) => void | Promise<void>]>([
    ['sends FIN', 'closed by server', (connection) => connection.cut()],
    ['sends RST', 'closed by server', (connection) => connection.reset()],
    ['says BYE', 'unexpected octets', (connection) => connection.send('* BYE Autologout\r\n')],
    ['tells news', 'unexpected octets', (connection) => connection.send('* 4 EXISTS\r\n')],
    ['says one octet', 'unexpected octets', (connection) => connection.send('*')],
    ['answers once more', 'unexpected octets', (connection) => connection.send('P2 OK Done\r\n')],
  ])('%s', async (_, reason, act) => {
    const setup = await startWith(serveCommands);
    await parkOne(setup.proxy);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    expect(setup.proxy.pool).toMatchObject({ reserved: 1 });

    await act(await setup.upstream(0));
    await setup.proxy.waitForPool({ parked: 0, closed: { [reason]: 1 } });

    expect((await client.command('SELECT INBOX')).untagged).toEqual(['* 3 EXISTS']);
    expect(setup.upstreams()[0]?.received).not.toContain('SELECT');
  });
});
