import { expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { answerProbe, PASSWORD, startProxied, USER } from '../../support/proxied-server.ts';
import { acceptLogin, greet, serveCommands, tagOf } from '../../support/scripted-imap.ts';

const GREETING = '* OK [CAPABILITY IMAP4rev1 ID AUTH=PLAIN SASL-IR] ready';
const LOGIN = `LOGIN ${USER} "${PASSWORD}"`;

it.each([['NO [TOOBIG] no literals'], ['BAD no literals']])(
  'An ID whose literal the server answers %s does not hurt the login',
  async (words) => {
    const { proxy } = await startProxied(
      async (connection) => {
        await greet(connection, GREETING);
        const tag = tagOf(await connection.expectLine('P1 ID ("name" {1}'));
        await connection.send(`${tag} ${words}\r\n`);
        await acceptLogin(connection);
        await serveCommands(connection);
      },
      { probe: (connection) => answerProbe(connection, GREETING) },
    );
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    await client.command('ID ("name" {1}', '\xe9)\r\n');

    expect(await client.command(LOGIN)).toMatchObject({ status: 'OK', untagged: [] });
  },
);

it('What the server has told about itself is told to the next client that asks', async () => {
  const { proxy } = await startProxied(
    async (connection) => {
      await greet(connection, GREETING);
      const tag = tagOf(await connection.expectLine(/ ID /));
      await connection.send(`* ID ("name" "Dovecot")\r\n${tag} OK Done\r\n`);
      await acceptLogin(connection);
      await serveCommands(connection);
    },
    { probe: (connection) => answerProbe(connection, GREETING) },
  );
  using first = await ImapClient.connect(proxy.port);
  await first.readGreeting();
  await first.command('ID ("name" "x")');
  await first.command(LOGIN);
  using second = await ImapClient.connect(proxy.port);
  await second.readGreeting();

  expect((await second.command('ID NIL')).untagged).toEqual(['* ID ("name" "Dovecot")']);
});
