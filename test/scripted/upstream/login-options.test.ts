import { describe, expect, it } from 'vitest';
import type { Directives } from '../../support/daemon-process.ts';
import { ImapClient } from '../../support/imap-client.ts';
import {
  answerProbe,
  PASSWORD,
  type ProxiedServer,
  parkOne,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import { greet, serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';

const LOGIN = `LOGIN ${USER} "${PASSWORD}"`;
const UNAVAILABLE = 'NO [UNAVAILABLE] Mail server is not available at the moment';
const PLAIN = Buffer.from(`\0${USER}\0${PASSWORD}`).toString('base64');

function offering(
  words: string,
  directives: Directives,
  script: (connection: ScriptedConnection) => Promise<unknown>,
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

async function logIn({ proxy }: ProxiedServer): Promise<string> {
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();
  return (await client.command(LOGIN)).tagged;
}

describe('preauth_command', () => {
  const directives = { preauth_command: 'ID ("GUID" "1")' };

  it('is given before a new login, which waits for its answer, and not again for a login from memory', async () => {
    const setup = await offering('SASL-IR AUTH=PLAIN', directives, async (connection) => {
      await connection.expectLine('P1 ID ("GUID" "1")');
      expect(connection.received).toBe('P1 ID ("GUID" "1")\r\n');
      await connection.send('* ID NIL\r\nP1 OK Done\r\n');
      await connection.expectLine(`P2 AUTHENTICATE PLAIN ${PLAIN}`);
      await connection.send('P2 OK [CAPABILITY IMAP4rev1 UNSELECT] Logged in\r\n');
      await serveCommands(connection);
    });

    await parkOne(setup.proxy);
    expect(await logIn(setup)).toBe('OK [CAPABILITY IMAP4rev1 UNSELECT] Logged in');

    expect(setup.upstreams()).toHaveLength(1);
    expect(setup.upstreams()[0]?.received.match(/GUID/g)).toHaveLength(1);
  });

  it.each([
    ['NO', 'NO not you\r\n'],
    ['BAD', 'BAD what\r\n'],
  ])('that is answered %s keeps the credentials from the server', async (_, words) => {
    const setup = await offering('SASL-IR AUTH=PLAIN', directives, async (connection) => {
      const tag = tagOf(await connection.expectLine(/ ID /));
      await connection.send(`${tag} ${words}`);
      await connection.expectEnd();
    });

    expect(await logIn(setup)).toBe(UNAVAILABLE);
  });
});

describe('auth_sasl_mech', () => {
  it.each([
    ['login', 'SASL-IR AUTH=PLAIN', `P1 LOGIN "${USER}" "${PASSWORD}"`],
    ['login', '', `P1 LOGIN "${USER}" "${PASSWORD}"`],
    ['plain', 'SASL-IR AUTH=PLAIN', `P1 AUTHENTICATE PLAIN ${PLAIN}`],
    ['plain', 'SASL-IR', `P1 AUTHENTICATE PLAIN ${PLAIN}`],
    ['auto', 'SASL-IR AUTH=PLAIN', `P1 AUTHENTICATE PLAIN ${PLAIN}`],
    ['auto', '', `P1 LOGIN "${USER}" "${PASSWORD}"`],
  ])('%s, to a server that offers "%s", gives %s', async (mechanism, words, line) => {
    const setup = await offering(words, { auth_sasl_mech: mechanism }, async (connection) => {
      await connection.expectLine(line);
      await connection.send('P1 OK [CAPABILITY IMAP4rev1] Logged in\r\n');
      await serveCommands(connection);
    });

    expect(await logIn(setup)).toBe('OK [CAPABILITY IMAP4rev1] Logged in');
  });
});
