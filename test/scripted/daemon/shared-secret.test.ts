import { expect, it } from 'vitest';
import { ImapClient, quote } from '../../support/imap-client.ts';
import { admit, parkOne, startProxied } from '../../support/proxied-server.ts';
import { type ScriptedLogin, serveCommands } from '../../support/scripted-imap.ts';

const SECRET = 'correct horse';

const DIRECTIVES = {
  auth_sasl_plain_username: 'proxy',
  auth_sasl_plain_password: 'battery staple',
  auth_shared_secret: SECRET,
};

/** A proxy that takes the shared secret, and the logins that its server has seen. */
async function startShared() {
  const logins: Omit<ScriptedLogin, 'tag'>[] = [];
  const setup = await startProxied(
    async (connection) => {
      const { tag: _, ...login } = await admit(connection);
      logins.push(login);
      await serveCommands(connection);
    },
    { directives: DIRECTIVES },
  );
  return { ...setup, logins };
}

function loginAs(authzid: string): Omit<ScriptedLogin, 'tag'> {
  return { mechanism: 'PLAIN', authzid, user: 'proxy', password: 'battery staple' };
}

it.each([
  ['LOGIN', `LOGIN alice ${quote(SECRET)}`],
  ['PLAIN', `AUTHENTICATE PLAIN ${Buffer.from(`\0alice\0${SECRET}`).toString('base64')}`],
])('A client that gives the shared secret by %s acts as the user it names', async (_, line) => {
  const { proxy, logins } = await startShared();
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();

  expect((await client.command(line)).status).toBe('OK');

  expect(logins).toEqual([loginAs('alice')]);
});

it.each([
  ['wrong', quote('battery staple')],
  ['empty', '""'],
  ['in other letter case', quote('Correct horse')],
  ['a prefix', 'correct'],
  ['a quoted prefix', '"correct"'],
  ['the secret and more', quote(`${SECRET}s`)],
  ['the secret with quotes around it', quote(quote(SECRET))],
])('A secret that is %s is refused, and the server hears nothing of it', async (_, password) => {
  const { proxy, server, upstreams } = await startShared();
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();

  const { tagged } = await client.command(`LOGIN alice ${password}`);

  expect(tagged).toBe('NO [AUTHENTICATIONFAILED] Authentication failed');
  expect(upstreams()).toHaveLength(0);
  expect(server.connections[0]?.received).not.toMatch(/LOGIN|AUTHENTICATE/);
});

it('A wrong secret is refused although a connection of its user is parked', async () => {
  const { proxy, upstreams } = await startShared();
  await parkOne(proxy, 'alice', SECRET);
  using client = await ImapClient.connect(proxy.port);
  await client.readGreeting();

  expect((await client.command('LOGIN alice wrong')).tagged).toMatch(/^NO \[AUTHENTICATIONFAILED\] /);

  expect(proxy.pool).toMatchObject({ parked: 1, reused: 0 });
  expect(upstreams()).toHaveLength(1);
});

it('Two users of one secret never share a connection, and each gets its own again', async () => {
  const { proxy, logins } = await startShared();
  await parkOne(proxy, 'alice', SECRET);
  await parkOne(proxy, 'bob', SECRET);

  for (const user of ['alice', 'bob']) {
    using client = await ImapClient.login(proxy.port, user, SECRET);
    expect((await client.command('NOOP')).status).toBe('OK');
    await client.logout();
    await proxy.waitForPool({ parked: 2 });
  }

  expect(logins).toEqual([loginAs('alice'), loginAs('bob')]);
  expect(proxy.pool).toMatchObject({ created: 2, reused: 2, keys: 2 });
});

it('Neither the secret nor the password is ever logged', async () => {
  const { proxy } = await startShared();
  await parkOne(proxy, 'alice', SECRET);

  expect(proxy.log('login')).toHaveLength(1);
  expect(JSON.stringify(proxy.log())).not.toMatch(/correct horse|battery staple/);
});
