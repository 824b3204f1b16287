import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { admit, mailServer, PASSWORD, parkOne, startProxied, USER } from '../../support/proxied-server.ts';
import { acceptLogin, greet, readLogin, serveCommands } from '../../support/scripted-imap.ts';
import { waitUntil } from '../../support/wait-until.ts';

const LOGIN = `LOGIN ${USER} "${PASSWORD}"`;
const UNAVAILABLE = 'NO [UNAVAILABLE] Mail server is not available at the moment';

describe('Capabilities after login', () => {
  it('are asked for when the answer to the login does not name them', async () => {
    const { proxy, upstream } = await startProxied(
      mailServer(
        { CAPABILITY: ['* CAPABILITY IMAP4rev1 IDLE COMPRESS=DEFLATE', '$ OK Done'] },
        { capabilities: undefined },
      ),
    );
    using first = await ImapClient.connect(proxy.port);
    using second = await ImapClient.connect(proxy.port);
    await first.readGreeting();
    await second.readGreeting();
    await second.command('CAPABILITY');

    const inCode = await first.command(LOGIN);
    const untagged = await second.command(LOGIN);

    expect(inCode).toMatchObject({ tagged: 'OK [CAPABILITY IMAP4rev1 IDLE] Logged in', untagged: [] });
    expect(untagged).toMatchObject({ tagged: 'OK Logged in', untagged: ['* CAPABILITY IMAP4rev1 IDLE'] });
    expect((await upstream(0)).received).toMatch(/ AUTHENTICATE .*\r\nP2 CAPABILITY\r\n$/);
  });

  it('that the server names untagged are told in the form that the client expects', async () => {
    const { proxy } = await startProxied(
      mailServer({}, { capabilities: undefined, untagged: ['* CAPABILITY IMAP4rev1 IDLE'] }),
    );
    await parkOne(proxy);
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect((await client.command(LOGIN)).tagged).toBe('OK [CAPABILITY IMAP4rev1 IDLE] Logged in');
    await proxy.waitForPool({ parked: 1, created: 1 });
  });

  it("are each user's own, from the server and from memory alike", async () => {
    const { proxy, upstreams } = await startProxied(async (connection) => {
      await greet(connection);
      const { tag, user } = await readLogin(connection);
      await connection.send(`${tag} OK [CAPABILITY IMAP4rev1 APPENDLIMIT=${user.length}] Hello ${user}\r\n`);
      await serveCommands(connection);
    });
    const answerTo = async (user: string): Promise<string> => {
      using client = await ImapClient.connect(proxy.port);
      await client.readGreeting();
      return (await client.login(user, PASSWORD)).tagged;
    };
    const bobs = 'OK [CAPABILITY IMAP4rev1 APPENDLIMIT=3] Hello bob';
    const carols = 'OK [CAPABILITY IMAP4rev1 APPENDLIMIT=5] Hello carol';

    expect(await answerTo('bob')).toBe(bobs);
    expect(await answerTo('carol')).toBe(carols);
    await proxy.waitForPool({ parked: 2 });
    expect(await answerTo('bob')).toBe(bobs);
    expect(await answerTo('carol')).toBe(carols);
    expect(upstreams()).toHaveLength(2);
  });

  it.each([
    ['COMPRESS=DEFLATE'],
    ['STARTTLS'],
    ['LOGINDISABLED'],
    ['UNAUTHENTICATE'],
    ['LOGIN-REFERRALS'],
    ['XIMAPPROXY'],
    ['AUTH=SCRAM-SHA-256'],
    ['AUTH=EXTERNAL'],
  ])('never show %s, wherever the server names it', async (word) => {
    const words = `IMAP4rev1 ${word} IDLE`;
    const { proxy } = await startProxied(
      mailServer(
        { CAPABILITY: [`* CAPABILITY ${words}`, '$ OK Done'], NOOP: [`$ OK [CAPABILITY ${words}] Done`] },
        { capabilities: words },
      ),
    );
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    const login = await client.command(LOGIN);
    const capability = await client.command('CAPABILITY');
    const noop = await client.command('NOOP');

    expect(login.tagged).toBe('OK [CAPABILITY IMAP4rev1 IDLE] Logged in');
    expect(capability.untagged).toEqual(['* CAPABILITY IMAP4rev1 IDLE']);
    expect(noop.tagged).toBe('OK [CAPABILITY IMAP4rev1 IDLE] Done');
  });
});

describe('What the server says beside its capabilities when it accepts a login', () => {
  it.each([
    ['an alert', '* OK [ALERT] Password expires soon'],
    ['unknown data', '* XYZZY 1 2 3'],
    ['data with a literal', '* XYZZY ({10}\r\nP1 NO no\r\n)'],
  ])('reaches the client whose login it was and nobody after it: %s', async (_, notice) => {
    const { proxy, upstreams } = await startProxied(async (connection, index) => {
      await admit(connection, index === 0 ? { untagged: [notice] } : {});
      await serveCommands(connection);
    });
    using first = await ImapClient.connect(proxy.port);
    using second = await ImapClient.connect(proxy.port);
    await first.readGreeting();
    await second.readGreeting();

    const withNotice = await first.command(LOGIN);
    await first.logout();
    await proxy.waitForPool({ leased: 0, parked: 0, closed: { 'login notice': 1 } });
    const without = await second.command(LOGIN);

    expect(withNotice.untagged[0]).toBe(notice);
    expect(withNotice.status).toBe('OK');
    expect(without).toMatchObject({ status: 'OK', untagged: [] });
    expect(upstreams()).toHaveLength(2);
    expect(upstreams()[0]?.received).toMatch(/ LOGOUT\r\n$/);
  });

  it.each([['ALERT'], ['REFERRAL imap://alice;AUTH=*@other.example/']])(
    'reaches the client as the response code that it is: %s',
    async (code) => {
      const { proxy } = await startProxied(
        mailServer(
          { CAPABILITY: ['* CAPABILITY IMAP4rev1 IDLE', '$ OK Done'] },
          { capabilities: undefined, text: `[${code}] Read this` },
        ),
      );
      using client = await ImapClient.connect(proxy.port);
      await client.readGreeting();

      expect(await client.command(LOGIN)).toMatchObject({
        untagged: ['* CAPABILITY IMAP4rev1 IDLE'],
        tagged: `OK [${code}] Read this`,
      });
    },
  );
});

describe('A login that the server does not accept', () => {
  it.each([
    ['NO [AUTHENTICATIONFAILED] Wrong name or password'],
    ['NO [LIMIT] Maximum number of connections exceeded'],
    ['NO [EXPIRED] Renew it at https://example.org/ {3}'],
    ['NO no code, but caf\xe9'],
    ['BAD Not like this'],
  ])("is answered in the server's own words: %s", async (words) => {
    const { proxy } = await startProxied(async (connection) => {
      await greet(connection);
      const { tag } = await readLogin(connection);
      await connection.send(`${tag} ${words}\r\n`);
      await connection.expectEnd();
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect(await client.command(LOGIN)).toMatchObject({ tagged: words, untagged: [] });
    expect((await client.command('NOOP')).status).toBe('OK');
  });

  it.each([
    ['says BYE', (tag: string) => `* BYE [UNAVAILABLE] Shutting down\r\n${tag} NO Bye\r\n`],
    ['answers another tag', () => 'P99 OK Logged in\r\n'],
    ['answers a tag that only begins alike', (tag: string) => `${tag}0 OK Logged in\r\n`],
    ['asks for more', () => '+ more\r\n'],
    ['speaks no IMAP', () => 'Internal Server Error\r\n'],
  ])('is UNAVAILABLE when the server %s', async (_, answer) => {
    const { proxy } = await startProxied(async (connection) => {
      await greet(connection);
      const { tag } = await readLogin(connection);
      await connection.send(answer(tag));
      await connection.expectEnd();
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect((await client.command(LOGIN)).tagged).toBe(UNAVAILABLE);
  });

  it.each([['FIN'], ['RST']])('is UNAVAILABLE when the server ends the connection by %s', async (how) => {
    const { proxy } = await startProxied(async (connection, index) => {
      if (index > 0) return mailServer()(connection, index);
      await greet(connection);
      await readLogin(connection);
      if (how === 'FIN') connection.cut();
      else connection.reset();
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect((await client.command(LOGIN)).tagged).toBe(UNAVAILABLE);
    expect((await client.command(LOGIN)).status).toBe('OK');
  });

  it.each([
    ['nothing', ''],
    ['half an answer', '* CAPABILITY IMAP4rev1\r\nP1 OK Logged'],
    ['endless answers, slowly', '* OK Still here\r\n* OK Still here\r\n'],
  ])('is UNAVAILABLE after server_login_timeout when the server sends %s', async (_, octets) => {
    const setup = await startProxied(
      async (connection) => {
        await greet(connection);
        await readLogin(connection);
        await connection.send(octets);
        await connection.expectEnd();
      },
      { directives: { server_login_timeout: 3 } },
    );
    using client = await ImapClient.connect(setup.proxy.port);
    await client.readGreeting();

    await client.send(`a ${LOGIN}\r\n`);
    const connection = await setup.upstream(0);
    await waitUntil(() => connection.received.includes('AUTHENTICATE'), { what: 'the login at the server' });
    setup.proxy.advance(3_000);

    expect(await client.readReply('a')).toMatchObject({ tagged: UNAVAILABLE, untagged: [] });
  });

  it('is UNAVAILABLE when the server floods', async () => {
    const { proxy } = await startProxied(async (connection) => {
      await greet(connection);
      await readLogin(connection);
      const flood = async (): Promise<never> => {
        for (;;) await connection.send('* LIST () "/" INBOX\r\n'.repeat(500));
      };
      await expect(flood()).rejects.toThrow(/^write E/);
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect((await client.command(LOGIN)).tagged).toBe(UNAVAILABLE);
  });
});

it('An answer to the login that drips in octet by octet is the same answer', async () => {
  const { proxy } = await startProxied(async (connection) => {
    await greet(connection);
    const { tag } = await readLogin(connection);
    await connection.sendSlowly(`* CAPABILITY IMAP4rev1\r\n${tag} OK [ALERT] Read this\r\n`);
    await serveCommands(connection);
  });
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();

  expect(await client.command(LOGIN)).toMatchObject({
    untagged: ['* CAPABILITY IMAP4rev1'],
    tagged: 'OK [ALERT] Read this',
  });
});

it('A password and a refused password never reach the log', async () => {
  const { proxy } = await startProxied(async (connection, index) => {
    if (index > 0) {
      await greet(connection);
      await acceptLogin(connection);
      return;
    }
    await greet(connection);
    const { tag } = await readLogin(connection);
    await connection.send(`${tag} NO [AUTHENTICATIONFAILED] Wrong\r\n`);
  });
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();

  await client.command(`LOGIN ${USER} hunter2`);
  await client.command(LOGIN);

  const text = JSON.stringify(proxy.log());
  expect(proxy.log('login refused')).toHaveLength(1);
  expect(proxy.log('login')).toHaveLength(1);
  for (const secret of ['hunter2', PASSWORD]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(Buffer.from(`\0${USER}\0${secret}`).toString('base64'));
  }
});
