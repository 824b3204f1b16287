import { describe, expect, it } from 'vitest';
import { ImapClient, quote } from '../../support/imap-client.ts';
import { answerProbe, type ProxiedServer, startProxied } from '../../support/proxied-server.ts';
import { greet, serveCommands } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';

/** A server that offers `words` before login and whose login is played by `script`. */
function offering(
  words: string,
  script: (connection: ScriptedConnection) => Promise<void>,
): Promise<ProxiedServer> {
  const greeting = `* OK [CAPABILITY IMAP4rev1 ${words}] ready`;
  return startProxied(
    async (connection) => {
      await greet(connection, greeting);
      await script(connection);
    },
    { probe: (connection) => answerProbe(connection, greeting) },
  );
}

/** The proxy's login is exactly `octets`, sent without waiting for anything; it is accepted. */
function accepting(octets: string): (connection: ScriptedConnection) => Promise<void> {
  return async (connection) => {
    expect((await connection.expectOctets(octets.length)).toString('latin1')).toBe(octets);
    await connection.send('P1 OK [CAPABILITY IMAP4rev1 UNSELECT] Logged in\r\n');
    await serveCommands(connection);
  };
}

async function logIn(port: number, line: string, ...continuations: readonly string[]): Promise<string> {
  using client = await ImapClient.connect(port);
  await client.readGreeting();
  return (await client.command(line, ...continuations)).tagged;
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

describe('To a server with AUTH=PLAIN the proxy', () => {
  it('sends the credentials with the command where SASL-IR is offered', async () => {
    const { proxy } = await offering(
      'SASL-IR AUTH=PLAIN LITERAL+',
      accepting(`P1 AUTHENTICATE PLAIN ${base64('\0alice\0s3cret')}\r\n`),
    );

    expect(await logIn(proxy.port, 'LOGIN alice s3cret')).toMatch(/^OK /);
  });

  it.each([
    ['empty', '+ \r\n'],
    ['without a space', '+\r\n'],
    ['with words', '+ go ahead\r\n'],
  ])('waits for a continuation request where it is not, %s', async (_, challenge) => {
    const { proxy } = await offering('AUTH=PLAIN', async (connection) => {
      await connection.expectLine('P1 AUTHENTICATE PLAIN');
      expect(connection.received).toBe('P1 AUTHENTICATE PLAIN\r\n');
      await connection.send(challenge);
      await connection.expectLine(base64('\0alice\0s3cret'));
      await connection.send('P1 OK [CAPABILITY IMAP4rev1] Logged in\r\n');
      await serveCommands(connection);
    });

    expect(await logIn(proxy.port, 'LOGIN alice s3cret')).toMatch(/^OK /);
  });

  it('sends no credentials when the mechanism is refused', async () => {
    const { proxy } = await offering('AUTH=PLAIN', async (connection) => {
      await connection.expectLine('P1 AUTHENTICATE PLAIN');
      await connection.send('P1 NO [CANNOT] not now\r\n');
      await connection.expectEnd();
    });

    expect(await logIn(proxy.port, 'LOGIN alice s3cret')).toBe('NO [CANNOT] not now');
  });

  it('names the user to act for', async () => {
    const { proxy } = await offering(
      'SASL-IR AUTH=PLAIN',
      accepting(`P1 AUTHENTICATE PLAIN ${base64('bob\0admin\0s3cret')}\r\n`),
    );

    expect(await logIn(proxy.port, `AUTHENTICATE PLAIN ${base64('bob\0admin\0s3cret')}`)).toMatch(/^OK /);
  });
});

describe('To a server without AUTH=PLAIN the proxy', () => {
  it.each([
    ['alice', 's3cret', '"alice" "s3cret"'],
    ['a"l\\ice', '', '"a\\"l\\\\ice" ""'],
    ['alice', '%*]{3}', '"alice" "%*]{3}"'],
  ])('sends %j and %j in quotes', async (user, password, sent) => {
    const { proxy } = await offering('LITERAL+', accepting(`P1 LOGIN ${sent}\r\n`));

    expect(await logIn(proxy.port, `LOGIN ${quote(user)} ${quote(password)}`)).toMatch(/^OK /);
  });

  it.each([
    ['8-bit', 'caf\xe9'],
    ['a line end', 'x\r\nP9 LOGOUT'],
    ['a lone LF', 'x\nP9 LOGOUT\n'],
    ['a control character', '\x01'],
  ])('sends a password with %s as a literal, at once with LITERAL+', async (_, password) => {
    const { proxy } = await offering(
      'LITERAL+',
      accepting(`P1 LOGIN "alice" {${password.length}+}\r\n${password}\r\n`),
    );

    expect(await logIn(proxy.port, `LOGIN alice {${password.length}}`, `${password}\r\n`)).toMatch(/^OK /);
  });

  it('waits before each literal when the server has no LITERAL+', async () => {
    const { proxy } = await offering('', async (connection) => {
      await connection.expectLine('P1 LOGIN {4}');
      expect(connection.received).toBe('P1 LOGIN {4}\r\n');
      await connection.send('+\r\n');
      await connection.expectLine('\xe9ric {4}');
      expect(connection.received).toMatch(/\{4\}\r\n$/);
      await connection.send('+ OK\r\n');
      await connection.expectLine('caf\xe9');
      await connection.send('P1 OK [CAPABILITY IMAP4rev1] Logged in\r\n');
      await serveCommands(connection);
    });

    expect(await logIn(proxy.port, 'LOGIN {4+}\r\n\xe9ric {4+}\r\ncaf\xe9')).toMatch(/^OK /);
  });

  it('waits before a literal over 4096 octets, and only before such, when it has LITERAL-', async () => {
    const user = '\xe9'.repeat(4096);
    const password = '\xe9'.repeat(4097);
    const { proxy } = await offering('LITERAL-', async (connection) => {
      await connection.expectLine('P1 LOGIN {4096+}');
      await connection.expectLine(`${user} {4097}`);
      await connection.send('+\r\n');
      await connection.expectLine(password);
      await connection.send('P1 OK [CAPABILITY IMAP4rev1] Logged in\r\n');
      await serveCommands(connection);
    });

    expect(await logIn(proxy.port, `LOGIN {4096+}\r\n${user} {4097+}\r\n${password}`)).toMatch(/^OK /);
  });

  it('sends no password when the literal before it is refused, and repeats the refusal', async () => {
    const { proxy } = await offering('', async (connection) => {
      await connection.expectLine('P1 LOGIN {4}');
      await connection.send('P1 NO [TOOBIG] Names of four octets are too long\r\n');
      await connection.expectEnd();
    });

    expect(await logIn(proxy.port, 'LOGIN {4+}\r\n\xe9ric s3cret')).toBe(
      'NO [TOOBIG] Names of four octets are too long',
    );
  });

  it('cannot log in for another user, and sends nothing', async () => {
    const { proxy } = await offering('LITERAL+', async (connection) => {
      await connection.expectEnd();
    });

    expect(await logIn(proxy.port, `AUTHENTICATE PLAIN ${base64('bob\0admin\0s3cret')}`)).toBe(
      'NO [CANNOT] Mail server cannot log in for another user',
    );
  });
});

it.each([['LOGINDISABLED'], ['LOGINDISABLED SASL-IR AUTH=PLAIN']])(
  'A server with %s is sent nothing at all, and the client is told PRIVACYREQUIRED',
  async (words) => {
    const { proxy } = await offering(words, async (connection) => {
      await connection.expectEnd();
    });

    expect(await logIn(proxy.port, 'LOGIN alice s3cret')).toBe(
      'NO [PRIVACYREQUIRED] Mail server takes no password without TLS',
    );
  },
);
