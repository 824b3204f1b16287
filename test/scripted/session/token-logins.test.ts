import { describe, expect, it } from 'vitest';
import { ImapClient, type Reply } from '../../support/imap-client.ts';
import { answerProbe, type ProxiedServer, startProxied } from '../../support/proxied-server.ts';
import { greet, serveCommands, tagOf } from '../../support/scripted-imap.ts';
import { base64, oauthBearer, xoauth2 } from '../../support/tokens.ts';

const OFFERED = 'IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER';
const REASON = base64('{"status":"401"}');

/** A proxy before a server that takes every secret but those that begin with `bad`; `attempts` counts all logins. */
async function start(): Promise<ProxiedServer & { readonly attempts: () => number }> {
  let attempts = 0;
  const greeting = `* OK [CAPABILITY ${OFFERED} AUTH=SCRAM-SHA-256 AUTH=CRAM-MD5 AUTH=GSSAPI] ready`;
  const setup = await startProxied(
    async (connection) => {
      await greet(connection, greeting);
      const line = await connection.expectLine(/^\S+ AUTHENTICATE \S+ \S+$/);
      attempts += 1;
      const payload = Buffer.from(line.split(' ')[3] ?? '', 'base64').toString('latin1');
      if (/Bearer bad/.test(payload)) {
        await connection.send(`+ ${REASON}\r\n`);
        await connection.expectLine();
        await connection.send(`${tagOf(line)} NO [AUTHENTICATIONFAILED] Bad token\r\n`);
        return;
      }
      await connection.send(`${tagOf(line)} OK [CAPABILITY IMAP4rev1 UNSELECT] Logged in\r\n`);
      await serveCommands(connection);
    },
    { probe: (connection) => answerProbe(connection, greeting) },
  );
  return { ...setup, attempts: () => attempts };
}

/** A session that needs a connection of its own, from login to logout, and the answer to the login. */
async function visit({ proxy }: ProxiedServer, line: string, ...lines: string[]): Promise<Reply> {
  const client = await ImapClient.connect(proxy.port);
  await client.readGreeting();
  const reply = await client.command(line, ...lines.map((text) => `${text}\r\n`));
  if (reply.status === 'OK') expect((await client.command('NOOP')).status).toBe('OK');
  await client.logout();
  await proxy.waitForPool({ leased: 0, resetting: 0, connecting: 0 });
  return reply;
}

const plain = (authorization: string, user: string, password: string): string =>
  `AUTHENTICATE PLAIN ${base64(`${authorization}\0${user}\0${password}`)}`;

describe('A client before login', () => {
  it('is shown the mechanisms with tokens that the server offers, and none that needs a fresh challenge', async () => {
    const { proxy } = await start();
    using client = await ImapClient.connect(proxy.port);

    const greeting = await client.readGreeting();
    const { untagged } = await client.command('CAPABILITY');

    expect(greeting).toBe(`* OK [CAPABILITY ${OFFERED}] ready`);
    expect(untagged).toEqual([`* CAPABILITY ${OFFERED}`]);
  });

  it.each(['SCRAM-SHA-256', 'CRAM-MD5', 'DIGEST-MD5', 'GSSAPI'])('cannot use %s', async (mechanism) => {
    const { proxy, attempts } = await start();
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect((await client.command(`AUTHENTICATE ${mechanism}`)).tagged).toBe('NO no mechanism available');
    expect(attempts()).toBe(0);
  });

  it('may give up before it has shown its token', async () => {
    const setup = await start();
    using client = await ImapClient.connect(setup.proxy.port);
    await client.readGreeting();

    const cancelled = await client.command('AUTHENTICATE XOAUTH2', '*\r\n');
    const next = await client.command('AUTHENTICATE OAUTHBEARER', `${oauthBearer('alice', 'token')}\r\n`);

    expect(cancelled).toMatchObject({ untagged: ['+ '], tagged: 'BAD Authentication cancelled' });
    expect(next.status).toBe('OK');
    expect(setup.attempts()).toBe(1);
  });

  it.each([
    ['a NUL in the name', xoauth2('al\0ice', 'token')],
    ['a field in the name', xoauth2('alice\x01auth=Bearer x', 'token')],
    ['a NUL in the token', xoauth2('alice', 'to\0ken')],
    ['a field in the token', xoauth2('alice', 'token\x01user=bob')],
  ])('is refused with %s, and the server hears nothing of it', async (_, response) => {
    const setup = await start();

    expect((await visit(setup, `AUTHENTICATE XOAUTH2 ${response}`)).tagged).toBe(
      'BAD Invalid XOAUTH2 response',
    );
    expect(setup.attempts()).toBe(0);
  });
});

describe.each([
  ['XOAUTH2', xoauth2],
  ['OAUTHBEARER', oauthBearer],
])('A token by %s', (mechanism, response) => {
  const line = (user: string, token: string): string => `AUTHENTICATE ${mechanism} ${response(user, token)}`;

  it('is given its parked connection again, with and without an initial response', async () => {
    const setup = await start();
    const first = await visit(setup, line('alice', 'token'));

    const second = await visit(setup, line('alice', 'token'));
    const third = await visit(setup, `AUTHENTICATE ${mechanism}`, response('alice', 'token'));

    expect(second).toMatchObject({ tagged: first.tagged, untagged: [] });
    expect(third).toMatchObject({ tagged: first.tagged, untagged: ['+ '] });
    expect(setup.proxy.pool).toMatchObject({ created: 1, reused: 2, parked: 1, keys: 1 });
  });

  it('shares no connection with another token of its user, nor with another user', async () => {
    const setup = await start();
    const logins = [
      line('alice', 'token'),
      line('alice', 'token2'),
      line('alice', 'toke'),
      line('bob', 'token'),
    ];

    for (const login of logins) expect((await visit(setup, login)).status).toBe('OK');

    expect(setup.attempts()).toBe(logins.length);
    expect(setup.proxy.pool).toMatchObject({ created: 4, reused: 0, closed: { 'new secret': 2 }, keys: 2 });
  });

  it('shares no connection with a password of the same octets', async () => {
    const setup = await start();
    await visit(setup, plain('', 'alice', 'token'));

    await visit(setup, line('alice', 'token'));

    expect(setup.proxy.pool).toMatchObject({ created: 2, reused: 0, closed: { 'new secret': 1 }, keys: 1 });
  });

  it('and a password that the server goes on accepting keep a connection each', async () => {
    const setup = await start();
    const logins = [plain('', 'alice', 'password'), line('alice', 'token'), plain('', 'alice', 'password')];
    for (const login of logins) await visit(setup, login);
    expect(setup.proxy.pool).toMatchObject({ created: 3, reused: 0, closed: { 'new secret': 1 }, keys: 2 });

    for (const login of logins) await visit(setup, login);

    expect(setup.attempts()).toBe(3);
    expect(setup.proxy.pool).toMatchObject({ created: 3, reused: 3, keys: 2, parked: 2 });
  });

  it('that was refused is put to the server every time, and harms no parked connection', async () => {
    const setup = await start();
    await visit(setup, line('alice', 'good'));

    for (let attempt = 0; attempt < 2; attempt += 1) {
      expect(await visit(setup, line('alice', 'bad'), '')).toMatchObject({
        untagged: [`+ ${REASON}`],
        tagged: 'NO [AUTHENTICATIONFAILED] Bad token',
      });
    }
    expect((await visit(setup, line('alice', 'good'))).status).toBe('OK');

    expect(setup.attempts()).toBe(3);
    expect(setup.proxy.pool).toMatchObject({ reused: 1, parked: 1, keys: 1 });
  });

  it('that was refused leaves what the client has pipelined in order', async () => {
    const { proxy } = await start();
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    await client.send(`a ${line('alice', 'bad')}\r\nAQ==\r\nb ${line('alice', 'good')}\r\nc NOOP\r\n`);

    expect(await client.readReply('a')).toMatchObject({ untagged: [`+ ${REASON}`], status: 'NO' });
    expect(await client.readReply('b')).toMatchObject({ untagged: [], status: 'OK' });
    expect((await client.readReply('c')).status).toBe('OK');
  });

  it('that was refused leaves the session where it was when the client goes without an answer', async () => {
    const { proxy } = await start();
    const client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    await client.send(`a ${line('alice', 'bad')}\r\n`);
    expect(await client.readResponse()).toBe(`+ ${REASON}`);

    await client.close();

    expect(await client.readToEnd()).toBe('');
    await proxy.waitForPool({ leased: 0, parked: 0, connecting: 0 });
  });
});

it('The two mechanisms with tokens share no connection, though the token be the same', async () => {
  const setup = await start();

  await visit(setup, `AUTHENTICATE XOAUTH2 ${xoauth2('alice', 'token')}`);
  await visit(setup, `AUTHENTICATE OAUTHBEARER ${oauthBearer('alice', 'token')}`);

  expect(setup.proxy.pool).toMatchObject({ created: 2, reused: 0, closed: { 'new secret': 1 }, keys: 1 });
});

it('PLAIN for another user has a connection of its own, for oneself it has that of the user', async () => {
  const setup = await start();

  await visit(setup, plain('', 'alice', 'secret'));
  await visit(setup, plain('alice', 'alice', 'secret'));
  await visit(setup, plain('bob', 'alice', 'secret'));
  await visit(setup, plain('carol', 'alice', 'secret'));
  await visit(setup, plain('bob', 'alice', 'secret'));

  expect(setup.proxy.pool).toMatchObject({ created: 3, reused: 2, keys: 3 });
});

it('A name and a password in UTF-8 find their connection in every spelling', async () => {
  const setup = await start();
  const user = Buffer.from('ålice').toString('latin1');
  const password = Buffer.from('sésame').toString('latin1');

  await visit(setup, plain('', user, password));
  await visit(setup, `LOGIN {${user.length}+}\r\n${user} {${password.length}+}\r\n${password}`);
  await visit(setup, 'AUTHENTICATE LOGIN', base64(user), base64(password));

  expect(setup.proxy.pool).toMatchObject({ created: 1, reused: 2, keys: 1 });
});
