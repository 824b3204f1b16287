import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import {
  answerProbe,
  PASSWORD,
  type ProxiedServer,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import { acceptLogin, greet, serveCommands, tagOf } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';

const LOGIN = `LOGIN ${USER} "${PASSWORD}"`;

/** A server that offers `words` before login; `identify` plays what happens before the login. */
function offering(
  words: string,
  identify: (connection: ScriptedConnection) => Promise<unknown>,
): Promise<ProxiedServer> {
  const greeting = `* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR ${words}] ready`;
  return startProxied(
    async (connection) => {
      await greet(connection, greeting);
      await identify(connection);
      await acceptLogin(connection);
      await serveCommands(connection);
    },
    { probe: (connection) => answerProbe(connection, greeting) },
  );
}

async function connect({ proxy }: ProxiedServer): Promise<ImapClient> {
  const client = await ImapClient.connect(proxy.port);
  await client.readGreeting();
  return client;
}

describe('ID before login', () => {
  it('is answered at once, and told to the server ahead of the login', async () => {
    const setup = await offering('ID', async (connection) => {
      await connection.expectLine('P1 ID ("name" "Mail \\"X\\"" "version" NIL)');
      await connection.send('* ID ("name" "Server")\r\nP1 OK Done\r\n');
    });
    using client = await connect(setup);

    const id = await client.command('ID ("name" "Mail \\"X\\"" version NIL)');
    expect(setup.upstreams()).toHaveLength(0);
    const login = await client.command(LOGIN);

    expect(id.untagged).toHaveLength(1);
    expect(id.untagged[0]).toMatch(/^\* ID /);
    expect(id.tagged).toBe('OK Completed');
    expect(login).toMatchObject({ status: 'OK', untagged: [] });
  });

  it('may be NIL', async () => {
    const setup = await offering('ID', async (connection) => {
      await connection.expectLine('P1 ID NIL');
      await connection.send('P1 OK Done\r\n');
    });
    using client = await connect(setup);

    await client.command('id nil');

    expect((await client.command(LOGIN)).status).toBe('OK');
  });

  it('leaves out the fields by which a server would be told another address', async () => {
    const setup = await offering('ID', async (connection) => {
      await connection.expectLine('P1 ID ("x-mailer" "1")');
      await connection.send('P1 OK Done\r\n');
    });
    using client = await connect(setup);

    await client.command(
      'ID ("x-originating-ip" "192.0.2.1" "X-Connected-IP" "192.0.2.2" "x-mailer" "1" "x-forward-user" "bob" ' +
        '"x-proxy-ttl" "5" "X-Session-Ext-Id" "7" "x-client-transport" "TLS")',
    );

    expect((await client.command(LOGIN)).status).toBe('OK');
  });

  it('is the last one that the client has sent', async () => {
    const setup = await offering('ID', async (connection) => {
      await connection.expectLine('P1 ID ("name" "second")');
      await connection.send('P1 OK Done\r\n');
    });
    using client = await connect(setup);

    await client.command('ID ("name" "first")');
    await client.command('ID ("name" "second")');

    expect((await client.command(LOGIN)).status).toBe('OK');
  });

  it('carries literals to a server that has LITERAL+, without waiting', async () => {
    const setup = await offering('ID LITERAL+', async (connection) => {
      await connection.expectLine('P1 ID ("name" {4+}');
      expect((await connection.expectOctets(4)).toString('latin1')).toBe('caf\xe9');
      await connection.expectLine(')');
      await connection.send('P1 OK Done\r\n');
    });
    using client = await connect(setup);

    expect((await client.command('ID ("name" {4}', 'caf\xe9)\r\n')).status).toBe('OK');

    expect((await client.command(LOGIN)).status).toBe('OK');
  });

  it.each([['NO not you'], ['BAD what'], ['NO [LIMIT] enough']])(
    'that the server answers %s does not hurt the login',
    async (words) => {
      const setup = await offering('ID', async (connection) => {
        const tag = tagOf(await connection.expectLine(/ ID /));
        await connection.send(`${tag} ${words}\r\n`);
      });
      using client = await connect(setup);
      await client.command('ID ("name" "x")');

      expect(await client.command(LOGIN)).toMatchObject({ status: 'OK', untagged: [] });
      await client.logout();
      await setup.proxy.waitForPool({ parked: 1 });
    },
  );

  it('is not told to a server that has no ID', async () => {
    const setup = await offering('', async () => {});
    using client = await connect(setup);

    await client.command('ID ("name" "x")');

    expect((await client.command(LOGIN)).status).toBe('OK');
    expect(setup.upstreams()[0]?.received).toMatch(/^P1 AUTHENTICATE /);
  });

  it('makes no difference for a parked connection, which is not told it', async () => {
    const setup = await offering('ID', async () => {});
    using first = await connect(setup);
    await first.command(LOGIN);
    await first.logout();
    await setup.proxy.waitForPool({ parked: 1 });
    using second = await connect(setup);

    await second.command('ID ("name" "x")');
    await second.command(LOGIN);
    await second.command('NOOP');

    expect(setup.upstreams()).toHaveLength(1);
    expect(setup.upstreams()[0]?.received).not.toContain('ID');
  });

  it.each([
    ['nothing', 'ID'],
    ['a word', 'ID name'],
    ['an open list', 'ID ("name" "x"'],
    ['a name without a value', 'ID ("name")'],
    ['a list in the list', 'ID (("name") "x")'],
    ['more behind the list', 'ID ("name" "x") "y"'],
    ['a name of 31 octets', `ID ("${'n'.repeat(31)}" "x")`],
    ['a value of 1025 octets', `ID ("name" "${'v'.repeat(1025)}")`],
    ['31 fields', `ID (${'"n" "v" '.repeat(31)})`],
  ])('with %s is answered BAD, and not told', async (_, command) => {
    const setup = await offering('ID', async () => {});
    using client = await connect(setup);

    expect((await client.command(command)).tagged).toBe('BAD Invalid ID parameters');

    expect((await client.command(LOGIN)).status).toBe('OK');
  });
});
