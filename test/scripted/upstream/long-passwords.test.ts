import { expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { answerProbe, type ProxiedServer, startProxied, USER } from '../../support/proxied-server.ts';
import { greet, readLogin, type ScriptedLogin, serveCommands } from '../../support/scripted-imap.ts';
import { base64 } from '../../support/tokens.ts';

/** Octets of base64 at which Dovecot ends the connection. */
const TOO_LONG = 8 * 1024;

/** The longest password of the user that is short enough for a response to AUTHENTICATE PLAIN. */
const LONGEST = 'x'.repeat((TOO_LONG / 4 - 1) * 3 - `\0${USER}\0`.length);

/** A proxy, and the logins that its server has seen. */
async function start(
  directives = {},
): Promise<ProxiedServer & { readonly logins: readonly Omit<ScriptedLogin, 'tag'>[] }> {
  const logins: Omit<ScriptedLogin, 'tag'>[] = [];
  const greeting = '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN LITERAL+] ready';
  const setup = await startProxied(
    async (connection) => {
      await greet(connection, greeting);
      const { tag, ...login } = await readLogin(connection);
      logins.push(login);
      await connection.send(`${tag} OK [CAPABILITY IMAP4rev1 UNSELECT] Logged in\r\n`);
      await serveCommands(connection);
    },
    { directives, probe: (connection) => answerProbe(connection, greeting) },
  );
  return { ...setup, logins };
}

async function logIn({ proxy }: ProxiedServer, password: string, authorization = ''): Promise<string> {
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();
  const response = base64(`${authorization}\0${USER}\0${password}`);
  return (await client.command(`AUTHENTICATE PLAIN ${response}`)).status;
}

it.each([
  ['AUTHENTICATE', 'still fits there', LONGEST, 'PLAIN'],
  ['LOGIN', 'does not', `${LONGEST}x`, 'LOGIN'],
])('A password goes by %s when it %s', async (_, __, password, mechanism) => {
  const setup = await start();

  expect(await logIn(setup, password)).toBe('OK');

  expect(setup.logins).toEqual([{ mechanism, authzid: '', user: USER, password }]);
});

it('A password that is too long goes by AUTHENTICATE all the same when the operator demands PLAIN', async () => {
  const setup = await start({ auth_sasl_mech: 'plain' });

  expect(await logIn(setup, `${LONGEST}x`)).toBe('OK');

  expect(setup.logins).toMatchObject([{ mechanism: 'PLAIN', password: `${LONGEST}x` }]);
});

it('A password that is too long goes by AUTHENTICATE all the same when the user acts for another', async () => {
  const setup = await start();

  expect(await logIn(setup, `${LONGEST}x`, 'bob')).toBe('OK');

  expect(setup.logins).toMatchObject([{ mechanism: 'PLAIN', authzid: 'bob' }]);
});
