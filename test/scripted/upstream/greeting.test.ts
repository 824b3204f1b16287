import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import {
  answerProbe,
  mailServer,
  PASSWORD,
  parkOne,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import { acceptLogin, greet, serveCommands } from '../../support/scripted-imap.ts';
import type { ScriptedConnection } from '../../support/scripted-server.ts';

const LOGIN = `LOGIN ${USER} "${PASSWORD}"`;
const UNAVAILABLE = 'NO [UNAVAILABLE] Mail server is not available at the moment';

describe('A server that greets with', () => {
  it.each([
    ['BYE', '* BYE [ALERT] Too many connections\r\n'],
    ['PREAUTH', '* PREAUTH Welcome, somebody\r\n'],
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n'],
    ['a tagged line', 'a OK hello\r\n'],
    ['NO', '* NO not today\r\n'],
  ])('%s gets no credentials, and the login is answered UNAVAILABLE', async (_, greeting) => {
    const { proxy } = await startProxied(async (connection, index) => {
      if (index > 0) return mailServer()(connection, index);
      await connection.send(greeting);
      await connection.expectEnd();
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    const refused = await client.command(LOGIN);
    const accepted = await client.command(LOGIN);

    expect(refused.tagged).toBe(UNAVAILABLE);
    expect(accepted.status).toBe('OK');
  });

  it('nothing is given up after server_login_timeout', async () => {
    const { proxy } = await startProxied((connection) => connection.stall(), {
      directives: { server_login_timeout: 2 },
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    await client.send(`a ${LOGIN}\r\n`);
    await proxy.advanceOnceWaiting(2_000);

    expect(await client.readReply('a')).toMatchObject({ tagged: UNAVAILABLE, untagged: [] });
  });

  it.each([
    ['a line without end', Buffer.alloc(16 * 1024, 'x')],
    [
      'lines without end',
      Buffer.from('* OK Waiting for authentication process to respond..\r\n'.repeat(300)),
    ],
  ])('%s is cut off', async (_, octets) => {
    const { proxy } = await startProxied(async (connection) => {
      await connection.send('* OK Waiting for authentication process');
      await expect(sendForever(connection, octets)).rejects.toThrow(/^write E/);
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect((await client.command(LOGIN)).tagged).toBe(UNAVAILABLE);
  });

  it("Dovecot's interim line is waited for until its greeting comes", async () => {
    const { proxy } = await startProxied(async (connection) => {
      await greet(connection, '* OK Waiting for authentication process to respond..');
      await mailServer()(connection, 0);
    });
    using client = await ImapClient.connect(proxy.port);

    await client.readGreeting();

    expect((await client.command(LOGIN)).status).toBe('OK');
  });

  it('some delay is waited for, and nothing is sent to it before', async () => {
    const mayGreet = Promise.withResolvers<void>();
    const { proxy, upstream } = await startProxied(async (connection) => {
      await mayGreet.promise;
      expect(connection.received).toBe('');
      await mailServer()(connection, 0);
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    await client.send(`a ${LOGIN}\r\n`);
    await upstream(0);
    mayGreet.resolve();

    expect((await client.readReply('a')).status).toBe('OK');
  });
});

describe('The greeting for clients', () => {
  it("has the server's words, without what describes the other leg or cannot work through a proxy", async () => {
    const { proxy } = await startProxied(undefined, {
      directives: { server_tls: 'off' },
      probe: (connection) =>
        answerProbe(
          connection,
          '* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED AUTH=PLAIN AUTH=SCRAM-SHA-256 ' +
            'COMPRESS=DEFLATE LOGIN-REFERRALS IDLE] Example Mail ready',
        ),
    });
    using client = await ImapClient.connect(proxy.port);

    expect(await client.readGreeting()).toBe(
      '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE SASL-IR] Example Mail ready',
    );
  });

  it('names what the server answers when it has to be asked for its capabilities', async () => {
    const { proxy, server } = await startProxied(undefined, {
      probe: async (connection) => {
        await greet(connection, '* OK Example Mail ready');
        await serveCommands(connection, {
          CAPABILITY: ['* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR', '$ OK Done'],
        });
      },
    });
    using client = await ImapClient.connect(proxy.port);

    expect(await client.readGreeting()).toBe(
      '* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] Example Mail ready',
    );
    expect(server.connections[0]?.received).toBe('P1 CAPABILITY\r\nP2 LOGOUT\r\n');
  });

  it('is learned again from each new connection', async () => {
    const { proxy } = await startProxied(async (connection) => {
      await greet(connection, '* OK [CAPABILITY IMAP4rev2 AUTH=PLAIN SASL-IR] Example Mail 2 ready');
      await acceptLogin(connection);
      await serveCommands(connection);
    });
    await parkOne(proxy);
    using client = await ImapClient.connect(proxy.port);

    expect(await client.readGreeting()).toBe(
      '* OK [CAPABILITY IMAP4rev2 AUTH=PLAIN SASL-IR] Example Mail 2 ready',
    );
  });
});

async function sendForever(connection: ScriptedConnection, octets: Buffer): Promise<never> {
  for (;;) await connection.send(octets);
}
