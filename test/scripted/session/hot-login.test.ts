import { Socket } from 'node:net';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { ImapClient, quote } from '../../support/imap-client.ts';
import {
  mailServer,
  PASSWORD,
  type ProxiedServer,
  parkOne,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import { greet, readLogin, serveCommands } from '../../support/scripted-imap.ts';
import type { Script } from '../../support/scripted-server.ts';

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

/** Every legal way to tell user and password, and what is sent for each continuation request. */
const SPELLINGS: readonly (readonly [string, string, ...string[]])[] = [
  ['atoms', 'LOGIN bob s3cret'],
  ['other letter case', 'lOgIn bob s3cret'],
  ['quoted strings', 'LOGIN "bob" "s3cret"'],
  ['escapes in quotes', 'LOGIN "b\\ob" "s3\\cret"'],
  ['an atom and a quoted string', 'LOGIN bob "s3cret"'],
  ['literals', 'LOGIN {3}', 'bob {6}\r\n', 's3cret\r\n'],
  ['literals that do not wait', 'LOGIN {3+}\r\nbob {6+}\r\ns3cret'],
  ['a literal for the password', 'LOGIN bob {6}', 's3cret\r\n'],
  ['PLAIN', 'AUTHENTICATE PLAIN', `${base64('\0bob\0s3cret')}\r\n`],
  ['PLAIN with an initial response', `AUTHENTICATE PLAIN ${base64('\0bob\0s3cret')}`],
  ['PLAIN with an authorization identity', `AUTHENTICATE plain ${base64('bob\0bob\0s3cret')}`],
  ['LOGIN by SASL', 'AUTHENTICATE LOGIN', `${base64('bob')}\r\n`, `${base64('s3cret')}\r\n`],
  ['LOGIN with an initial response', `AUTHENTICATE LOGIN ${base64('bob')}`, `${base64('s3cret')}\r\n`],
];

/** A server that takes a login only with one of `passwords` of its user. */
function checking(passwords: Readonly<Record<string, readonly string[]>>): Script {
  return async (connection) => {
    await greet(connection);
    const { tag, user, password } = await readLogin(connection);
    if (passwords[user]?.includes(password) === true) {
      await connection.send(`${tag} OK [CAPABILITY IMAP4rev1 UNSELECT] Logged in\r\n`);
      await serveCommands(connection, { LIST: ['$ OK Done'] });
    } else {
      await connection.send(`${tag} NO [AUTHENTICATIONFAILED] Wrong\r\n`);
      await connection.expectEnd();
    }
  };
}

/** Logs in by `line`, and if that succeeds sends one command and logs out. Returns the answer to the login. */
async function session({ proxy }: ProxiedServer, line: string, ...more: readonly string[]): Promise<string> {
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();
  const login = await client.command(line, ...more);
  if (login.status === 'OK') {
    expect((await client.command('NOOP')).status).toBe('OK');
    await client.logout();
    await proxy.waitForPool({ leased: 0, resetting: 0, reserved: 0 });
  }
  return login.tagged;
}

describe('A login from memory', () => {
  it('is answered in one piece, by one write, as the server answered the login before it', async () => {
    const { proxy } = await startProxied();
    using first = await ImapClient.connect(proxy.port);
    await first.readGreeting();
    const cold = await first.login(USER, PASSWORD);
    await first.logout();
    await proxy.waitForPool({ parked: 1 });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    const writes = countWrites(proxy.port);

    const hot = await client.login(USER, PASSWORD);

    expect(writes()).toBe(1);
    expect(hot).toEqual({ ...cold, tag: hot.tag });
    expect(hot).toMatchObject({
      untagged: [],
      tagged: 'OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UNSELECT] Logged in',
    });
    expect(client.chunks).toHaveLength(2);
  });

  it('tells a client that had asked before its capabilities in an untagged response, in the same write', async () => {
    const { proxy } = await startProxied();
    await parkOne(proxy);
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    await client.command('CAPABILITY');
    const writes = countWrites(proxy.port);

    const hot = await client.login(USER, PASSWORD);

    expect(writes()).toBe(1);
    expect(hot).toMatchObject({
      untagged: ['* CAPABILITY IMAP4rev1 SASL-IR LITERAL+ ID ENABLE IDLE NAMESPACE UNSELECT'],
      tagged: 'OK Logged in',
    });
  });

  it('with more in the same segment is answered in the same write as the rest', async () => {
    const { proxy } = await startProxied();
    await parkOne(proxy);
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    const writes = countWrites(proxy.port);

    await client.send(`a NOOP\r\nb LOGIN ${USER} "${PASSWORD}"\r\nc LOGOUT\r\n`);

    expect(await client.readToEnd()).toMatch(/^a OK .*\r\nb OK .*\r\n\* BYE .*\r\nc OK .*\r\n$/);
    expect(writes()).toBe(1);
  });
});

it('All spellings of one user and one password meet the same connection', async () => {
  const setup = await startProxied(checking({ bob: ['s3cret'] }));

  for (const [name, line, ...more] of SPELLINGS) {
    expect(await session(setup, line, ...more), name).toMatch(/^OK /);
  }

  expect(setup.upstreams()).toHaveLength(1);
  expect(setup.proxy.pool).toMatchObject({ created: 1, reused: SPELLINGS.length - 1, parked: 1 });
});

describe('A parked connection', () => {
  /** After a login by `line`, behind one of bob. */
  async function startAfter(line: string): Promise<ProxiedServer> {
    const setup = await startProxied(mailServer({}, { capabilities: 'IMAP4rev1' }));
    expect(await session(setup, 'LOGIN bob s3cret')).toMatch(/^OK /);
    expect(await session(setup, line)).toMatch(/^OK /);
    return setup;
  }

  it.each([
    ['another password', 'LOGIN bob other'],
    ['the password in other letter case', 'LOGIN bob S3cret'],
    ['a part of the password', 'LOGIN bob s3cre'],
    ['the password and more', 'LOGIN bob s3crets'],
    ['the password and a space', 'LOGIN bob "s3cret "'],
    ['no password', 'LOGIN bob ""'],
    ['the quotes in the password', 'LOGIN bob "\\"s3cret\\""'],
  ])('never serves a login with %s, and is closed when the server accepts that', async (_, line) => {
    const { proxy, upstreams } = await startAfter(line);

    expect(proxy.pool).toMatchObject({ created: 2, reused: 0, closed: { 'new secret': 1 } });
    expect(proxy.pool).toMatchObject({ keys: 1, parked: 1 });
    expect(upstreams()[0]?.received).toMatch(/ LOGOUT\r\n$/);
    expect(upstreams()[1]?.received).not.toContain('LOGOUT');
  });

  it.each([
    ['another user', 'LOGIN bop s3cret'],
    ['the user in other letter case', 'LOGIN Bob s3cret'],
    ['the border between user and password elsewhere', 'LOGIN bobs 3cret'],
    ['another user to act for', `AUTHENTICATE PLAIN ${base64('alice\0bob\0s3cret')}`],
    ['itself to act for by another', `AUTHENTICATE PLAIN ${base64('bob\0admin\0s3cret')}`],
  ])('never serves a login with %s, and is left to whose it is', async (_, line) => {
    const { proxy } = await startAfter(line);

    expect(proxy.pool).toMatchObject({ created: 2, reused: 0, keys: 2, parked: 2, closed: {} });
  });

  it('survives a wrong password of its user, which the server refuses', async () => {
    const setup = await startProxied(checking({ bob: ['s3cret'] }));

    expect(await session(setup, 'LOGIN bob s3cret')).toMatch(/^OK /);
    expect(await session(setup, 'LOGIN bob wrong')).toBe('NO [AUTHENTICATIONFAILED] Wrong');
    expect(await session(setup, 'LOGIN bob s3cret')).toMatch(/^OK /);

    expect(setup.upstreams()).toHaveLength(2);
    expect(setup.proxy.pool).toMatchObject({ parked: 1, created: 1, reused: 1 });
  });

  it.each([
    ['too many arguments', 'LOGIN bob s3cret extra', 'BAD'],
    ['a list', 'LOGIN (bob) s3cret', 'BAD'],
    ['base64 that is none', `AUTHENTICATE PLAIN ${base64('\0bob\0s3cret')}!`, 'BAD'],
    ['a mechanism that is not there', 'AUTHENTICATE CRAM-MD5', 'NO'],
  ])('is not looked for by a login with %s', async (_, line, status) => {
    const setup = await startProxied(checking({ bob: ['s3cret'] }));
    await session(setup, 'LOGIN bob s3cret');

    expect(await session(setup, line)).toMatch(new RegExp(`^${status} `));

    expect(setup.upstreams()).toHaveLength(1);
    expect(setup.proxy.log('login')).toHaveLength(1);
  });

  it('is that of the right password when a right and a wrong one race', async () => {
    const setup = await startProxied(checking({ bob: ['s3cret'] }));
    await session(setup, 'LOGIN bob s3cret');

    const answers = await Promise.all(
      ['s3cret', 'wrong', 's3cret', 'worse'].map((password) =>
        session(setup, `LOGIN bob ${quote(password)}`),
      ),
    );

    expect(answers.map((answer) => answer.split(' ', 1)[0])).toEqual(['OK', 'NO', 'OK', 'NO']);
  });
});

/** Counts what the socket of a client at `port` is given to send, from now on. */
function countWrites(port: number): () => number {
  const spies = [vi.spyOn(Socket.prototype, '_write'), vi.spyOn(Socket.prototype, '_writev')];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return () => {
    const sockets = spies.flatMap(({ mock }) => mock.contexts as readonly Socket[]);
    return sockets.filter(({ localPort }) => localPort === port).length;
  };
}
