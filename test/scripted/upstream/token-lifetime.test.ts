import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
import type { Credentials } from '../../../src/upstream/credentials.ts';
import { Dialogue } from '../../../src/upstream/dialogue.ts';
import { logIn } from '../../../src/upstream/login-exchange.ts';
import { UpstreamConnection } from '../../../src/upstream/upstream-connection.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { tagOf } from '../../support/scripted-imap.ts';
import { ScriptedServer } from '../../support/scripted-server.ts';
import { signedToken } from '../../support/tokens.ts';

const EXP_S = 1_763_878_000;
const JWT = signedToken({ sub: 'alice', exp: EXP_S }, 'key');

/** When the connection ends that a login with this secret makes, in ms since the epoch. */
async function expiryOf(mechanism: Credentials['mechanism'], secret: string): Promise<number | undefined> {
  const server = await ScriptedServer.listen(async (connection) => {
    const line = await connection.expectLine(/ AUTHENTICATE /);
    await connection.send(`${tagOf(line)} OK [CAPABILITY IMAP4rev1] Logged in\r\n`);
  });
  const socket = connect(server.port, '127.0.0.1');
  await once(socket, 'connect');
  const clock = new FakeClock();
  const connection = new UpstreamConnection(socket, 'key', clock);
  const dialogue = new Dialogue(connection, clock, 1_000, 'login');
  const credentials: Credentials = {
    mechanism,
    user: Buffer.from('alice'),
    authorization: undefined,
    password: new Secret(Buffer.from(secret)),
    clientId: undefined,
  };
  const offered = ['IMAP4rev1', 'SASL-IR', 'AUTH=PLAIN', 'AUTH=XOAUTH2', 'AUTH=OAUTHBEARER'];
  const { expiresAt } = await logIn(dialogue, () => connection.nextTag(), offered, credentials);
  dialogue.end();
  connection.destroy();
  return expiresAt;
}

it.each(['XOAUTH2', 'OAUTHBEARER'] as const)(
  'A login by %s ends with its token, where that tells',
  async (name) => {
    expect(await expiryOf(name, JWT)).toBe(EXP_S * 1000);
    expect(await expiryOf(name, 'ya29.opaque')).toBeUndefined();
  },
);

it('A login by password has no end, whatever the password looks like', async () => {
  expect(await expiryOf('password', JWT)).toBeUndefined();
});
