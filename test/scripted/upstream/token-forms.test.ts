import { describe, expect, it } from 'vitest';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient, type Reply } from '../../support/imap-client.ts';
import { answerProbe, type ProxiedServer, startProxied } from '../../support/proxied-server.ts';
import { greet, serveCommands } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';
import { base64, oauthBearer, xoauth2 } from '../../support/tokens.ts';

const OFFERED = 'SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER';
const REASON = base64('{"status":"invalid_token","scope":"mail"}');
const UNAVAILABLE = 'NO [UNAVAILABLE] Mail server is not available at the moment';

/** A server that offers `words` before login and whose login is played by `script`. */
function offering(
  words: string,
  script: (connection: ScriptedConnection) => Promise<unknown>,
  directives: Directives = {},
): Promise<ProxiedServer> {
  const greeting = `* OK [CAPABILITY IMAP4rev1 ${words}] ready`;
  return startProxied(
    async (connection) => {
      await greet(connection, greeting);
      await script(connection);
    },
    { directives, probe: (connection) => answerProbe(connection, greeting) },
  );
}

async function accept(connection: ScriptedConnection): Promise<void> {
  await connection.send('P1 OK [CAPABILITY IMAP4rev1 UNSELECT] Logged in\r\n');
  await serveCommands(connection);
}

async function authenticate({ proxy }: ProxiedServer, line: string, ...lines: string[]): Promise<Reply> {
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();
  return await client.command(`AUTHENTICATE ${line}`, ...lines.map((text) => `${text}\r\n`));
}

describe.each([
  ['XOAUTH2', xoauth2],
  ['OAUTHBEARER', (user: string, token: string) => oauthBearer(user, token, '')],
])('A login by %s', (mechanism, response) => {
  const sent = response('alice', 'tok.en');

  it('reaches the server by the same mechanism, with the command where that offers SASL-IR', async () => {
    const setup = await offering(OFFERED, async (connection) => {
      await connection.expectLine(`P1 AUTHENTICATE ${mechanism} ${sent}`);
      await accept(connection);
    });

    expect((await authenticate(setup, `${mechanism} ${sent}`)).tagged).toMatch(/^OK .* Logged in$/);
  });

  it('is sent when the server asks for it where it does not offer SASL-IR, whatever the client did', async () => {
    const setup = await offering(OFFERED.replace('SASL-IR ', ''), async (connection) => {
      await connection.expectLine(`P1 AUTHENTICATE ${mechanism}`);
      expect(connection.received).toBe(`P1 AUTHENTICATE ${mechanism}\r\n`);
      await connection.send('+ \r\n');
      await connection.expectLine(sent);
      await accept(connection);
    });

    expect((await authenticate(setup, `${mechanism} ${sent}`)).status).toBe('OK');
  });

  it.each([['login'], ['plain']])('keeps its mechanism under auth_sasl_mech %s', async (wanted) => {
    const script = async (connection: ScriptedConnection): Promise<void> => {
      await connection.expectLine(`P1 AUTHENTICATE ${mechanism} ${sent}`);
      await accept(connection);
    };
    const setup = await offering(OFFERED, script, { auth_sasl_mech: wanted });

    expect((await authenticate(setup, mechanism, sent)).status).toBe('OK');
  });

  it('carries a name in UTF-8 as it came', async () => {
    const name = Buffer.from('ålice@exämple.org').toString('latin1');
    const setup = await offering(OFFERED, async (connection) => {
      await connection.expectLine(`P1 AUTHENTICATE ${mechanism} ${response(name, 't')}`);
      await accept(connection);
    });

    expect((await authenticate(setup, `${mechanism} ${response(name, 't')}`)).status).toBe('OK');
    expect(setup.proxy.log('login')).toMatchObject([{ user: 'ålice@exämple.org' }]);
  });

  it('that the server refuses is answered by its reason first, and then in its own words', async () => {
    const setup = await offering(OFFERED, async (connection) => {
      await connection.expectLine(`P1 AUTHENTICATE ${mechanism} ${sent}`);
      await connection.send(`+ ${REASON}\r\n`);
      await connection.expectLine(mechanism === 'XOAUTH2' ? '' : 'AQ==');
      await connection.send('P1 NO [AUTHENTICATIONFAILED] Token has expired\r\n');
      await connection.expectEnd();
    });
    using client = await ImapClient.connect(setup.proxy.port);
    await client.readGreeting();

    const refused = await client.command(`AUTHENTICATE ${mechanism} ${sent}`, 'anything\r\n');
    const cancelled = await client.command(`AUTHENTICATE ${mechanism} ${sent}`, '*\r\n');

    expect(refused).toMatchObject({
      untagged: [`+ ${REASON}`],
      tagged: 'NO [AUTHENTICATIONFAILED] Token has expired',
    });
    expect(cancelled).toMatchObject({ untagged: [`+ ${REASON}`], tagged: 'BAD Authentication cancelled' });
    expect((await client.command('NOOP')).status).toBe('OK');
  });

  it('that the server refuses without a reason is answered in its own words at once', async () => {
    const setup = await offering(OFFERED, async (connection) => {
      await connection.expectLine(`P1 AUTHENTICATE ${mechanism} ${sent}`);
      await connection.send('P1 NO [ALERT] Use another mechanism\r\n');
      await connection.expectEnd();
    });

    expect(await authenticate(setup, `${mechanism} ${sent}`)).toMatchObject({
      untagged: [],
      tagged: 'NO [ALERT] Use another mechanism',
    });
  });

  it.each(['{"status":"401"}', 'go ahead', REASON.slice(1)])(
    'that is refused for the reason %j, which is no base64, is answered by the refusal alone',
    async (reason) => {
      const setup = await offering(OFFERED, async (connection) => {
        await connection.expectLine(`P1 AUTHENTICATE ${mechanism} ${sent}`);
        await connection.send(`+ ${reason}\r\n`);
        await connection.expectLine();
        await connection.send('P1 NO No\r\n');
        await connection.expectEnd();
      });

      expect(await authenticate(setup, `${mechanism} ${sent}`)).toMatchObject({
        untagged: [],
        tagged: 'NO No',
      });
    },
  );

  it.each([
    ['OK', 'P1 OK Logged in\r\n'],
    ['more of it', `+ ${REASON}\r\n`],
    ['BYE', '* BYE Gone\r\n'],
  ])('is UNAVAILABLE when the server goes on with %s after the reason', async (_, answer) => {
    const setup = await offering(OFFERED, async (connection) => {
      await connection.expectLine(`P1 AUTHENTICATE ${mechanism} ${sent}`);
      await connection.send(`+ ${REASON}\r\n`);
      await connection.expectLine();
      await connection.send(answer);
      await connection.expectEnd();
    });

    expect(await authenticate(setup, `${mechanism} ${sent}`)).toMatchObject({
      untagged: [],
      tagged: UNAVAILABLE,
    });
  });

  it('is not shown to a server that has ceased to offer the mechanism', async () => {
    const setup = await startProxied(
      async (connection) => {
        await greet(connection, '* OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN] ready');
        await connection.expectLine(`P1 AUTHENTICATE ${mechanism}`);
        await connection.send('P1 NO [CANNOT] No such mechanism\r\n');
        await connection.expectEnd();
      },
      { probe: (connection) => answerProbe(connection, `* OK [CAPABILITY IMAP4rev1 ${OFFERED}] ready`) },
    );

    expect((await authenticate(setup, `${mechanism} ${sent}`)).tagged).toBe('NO [CANNOT] No such mechanism');
    expect((await authenticate(setup, `${mechanism} ${sent}`)).tagged).toBe('NO no mechanism available');
  });

  it('is not sent in clear to a server that has said LOGINDISABLED', async () => {
    const setup = await offering(`LOGINDISABLED ${OFFERED}`, (connection) => connection.expectEnd());

    expect((await authenticate(setup, `${mechanism} ${sent}`)).tagged).toMatch(/^NO \[PRIVACYREQUIRED\] /);
  });

  it('never reaches the log, refused or not', async () => {
    let isGood = false;
    const setup = await offering(OFFERED, async (connection) => {
      await connection.expectLine(/ AUTHENTICATE /);
      if (isGood) return accept(connection);
      await connection.send(`+ ${REASON}\r\n`);
      await connection.expectLine();
      await connection.send('P1 NO No\r\n');
    });
    const line = `${mechanism} ${response('alice', 'hunter2')}`;

    expect((await authenticate(setup, line, '')).status).toBe('NO');
    isGood = true;
    expect((await authenticate(setup, line)).status).toBe('OK');

    const text = JSON.stringify(setup.proxy.log());
    expect(setup.proxy.log('login refused')).toHaveLength(1);
    expect(setup.proxy.log('login')).toHaveLength(1);
    for (const secret of ['hunter2', response('alice', 'hunter2'), REASON])
      expect(text).not.toContain(secret);
  });
});

describe('What a client says by OAUTHBEARER', () => {
  it.each([
    ['n,a=a=2Cb=3Dc,^Ahost=localhost^Aport=143^Aauth=Bearer t^A^A', 'n,a=a=2Cb=3Dc,^Aauth=Bearer t^A^A'],
    ['y,,^Ax=y^Aauth=bearer  t==^A^A', 'n,,^Aauth=Bearer t==^A^A'],
    ['n,a=alice,^Aauth=^A^A', 'n,a=alice,^Aauth=^A^A'],
  ])('%j reaches the server as %j', async (said, sent) => {
    const inBase64 = (text: string): string => base64(text.replaceAll('^A', '\x01'));
    const setup = await offering(OFFERED, async (connection) => {
      await connection.expectLine(`P1 AUTHENTICATE OAUTHBEARER ${inBase64(sent)}`);
      await accept(connection);
    });

    expect((await authenticate(setup, `OAUTHBEARER ${inBase64(said)}`)).status).toBe('OK');
  });
});
