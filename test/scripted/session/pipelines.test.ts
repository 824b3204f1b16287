import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import {
  admit,
  mailServer,
  PASSWORD,
  type ProxiedServer,
  parkOne,
  startProxied,
  USER,
} from '../../support/proxied-server.ts';
import { greet, readLogin, serveCommands, tagOf } from '../../support/scripted-imap.ts';
import { hasReceived, serving } from './leaving.ts';

const LOGIN = `a LOGIN ${USER} "${PASSWORD}"\r\n`;
/** Its literal holds what would be the answers to the commands around it. */
const FETCHED = '* 1 FETCH (BODY[] {26}\r\nb OK Forged\r\nd OK Forged\r\n)';
const ANSWERS = {
  SELECT: ['* 3 EXISTS', '$ OK [READ-WRITE] Done'],
  FETCH: [FETCHED, '$ OK Done'],
  APPEND: ['$ OK Added'],
};

/** What a client is told that sends `octets` at once; without the greeting and the first words of the login's answer. */
async function conversation({ proxy }: ProxiedServer, octets: string): Promise<string> {
  using client = await ImapClient.connect(proxy.port);
  await client.send(octets);
  const [, afterGreeting = ''] = splitAt(await client.readToEnd(), '\r\n');
  return afterGreeting.replace(/ \[CAPABILITY [^\]]*\]/, '');
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator) + separator.length;
  return [text.slice(0, at), text.slice(at)];
}

describe.each([['a login that the server answers'], ['a login from memory']])(
  'A client that begins with %s',
  (kind) => {
    async function start(script = mailServer(ANSWERS)): Promise<ProxiedServer> {
      const setup = await startProxied(script);
      if (kind === 'a login from memory') await parkOne(setup.proxy);
      return setup;
    }

    it('may send its whole session in one segment', async () => {
      const setup = await start();

      const heard = await conversation(setup, `${LOGIN}b SELECT INBOX\r\nc FETCH 1 BODY[]\r\nd LOGOUT\r\n`);

      expect(heard).toBe(
        'a OK Logged in\r\n' +
          '* 3 EXISTS\r\nb OK [READ-WRITE] Done\r\n' +
          `${FETCHED}\r\nc OK Done\r\n` +
          '* BYE LOGOUT received\r\nd OK Completed\r\n',
      );
      await setup.proxy.waitForPool({ parked: 1 });
      expect(setup.upstreams()).toHaveLength(1);
    });

    it('may put an APPEND with its literal behind the login', async () => {
      const setup = await start();
      const message = 'x LOGOUT\r\ny DELETE INBOX\r\n';

      const heard = await conversation(
        setup,
        `${LOGIN}b APPEND INBOX {${message.length}+}\r\n${message}\r\nc NOOP\r\nd LOGOUT\r\n`,
      );

      expect(heard).toBe(
        'a OK Logged in\r\nb OK Added\r\nc OK NOOP completed\r\n* BYE LOGOUT received\r\nd OK Completed\r\n',
      );
      await setup.proxy.waitForPool({ parked: 1 });
      expect(setup.upstreams()[0]?.received).toContain(
        `b APPEND INBOX {${message.length}+}\r\n${message}\r\nc NOOP\r\nP`,
      );
    });

    it('is not heard any more behind its LOGOUT', async () => {
      const setup = await start();

      const heard = await conversation(
        setup,
        `${LOGIN}b NOOP\r\nc LOGOUT\r\nd DELETE INBOX\r\ne APPEND INBOX {3+}\r\nabc\r\n`,
      );

      expect(heard).toBe(
        'a OK Logged in\r\nb OK NOOP completed\r\n* BYE LOGOUT received\r\nc OK Completed\r\n',
      );
      await setup.proxy.waitForPool({ parked: 1 });
      expect(setup.upstreams()[0]?.received).not.toMatch(/LOGOUT|DELETE|APPEND/);
    });

    it('may log out right away', async () => {
      const setup = await start();

      const heard = await conversation(setup, `${LOGIN}b LOGOUT\r\nc DELETE INBOX\r\n`);

      expect(heard).toBe('a OK Logged in\r\n* BYE LOGOUT received\r\nb OK Completed\r\n');
      await setup.proxy.waitForPool({ parked: 1 });
      expect(setup.upstreams()[0]?.received).not.toContain('DELETE');
    });
  },
);

describe('Commands before the login', () => {
  it('may come before the greeting, and are answered behind it and in order', async () => {
    const { proxy, upstreams } = await startProxied();
    using client = await ImapClient.connect(proxy.port);

    await client.send('a CAPABILITY\r\nb NOOP\r\nc ID NIL\r\nd LOGOUT\r\ne NOOP\r\n');

    expect(await client.readToEnd()).toMatch(
      /^\* OK .*\r\n\* CAPABILITY .*\r\na OK Completed\r\nb OK Completed\r\n\* ID .*\r\nc OK Completed\r\n\* BYE LOGOUT received\r\nd OK Completed\r\n$/,
    );
    expect(upstreams()).toHaveLength(0);
  });

  it('that need one are not put to the server', async () => {
    const { proxy, upstreams } = await startProxied();
    await parkOne(proxy);
    using client = await ImapClient.connect(proxy.port);

    await client.send('a SELECT INBOX\r\nb LIST "" *\r\nc XYZZY\r\nd NOOP\r\n');

    expect((await client.readToEnd()).split('\r\n').slice(1)).toEqual([
      'a BAD Please login first',
      'b BAD Please login first',
      'c BAD Please login first',
      '* BYE [CLIENTBUG] Too many invalid IMAP commands',
      '',
    ]);
    expect(upstreams()[0]?.received).not.toMatch(/SELECT|LIST|XYZZY/);
  });
});

describe('Behind a login that the server refuses', () => {
  it('commands are those of a client that has not logged in', async () => {
    const { proxy, upstreams } = await startProxied(async (connection, index) => {
      if (index > 0) return mailServer(ANSWERS)(connection, index);
      await greet(connection);
      const { tag } = await readLogin(connection);
      await connection.send(`${tag} NO [AUTHENTICATIONFAILED] No\r\n`);
      await connection.expectEnd();
    });
    using client = await ImapClient.connect(proxy.port);

    await client.send(
      `a LOGIN ${USER} wrong\r\nb SELECT INBOX\r\nc NOOP\r\nd${LOGIN.slice(1)}e SELECT INBOX\r\nf LOGOUT\r\n`,
    );

    const lines = (await client.readToEnd())
      .split('\r\n')
      .map((line) => line.replace(/CAPABILITY [^\]]*/, ''));
    expect(lines.slice(1)).toEqual([
      'a NO [AUTHENTICATIONFAILED] No',
      'b BAD Please login first',
      'c OK Completed',
      'd OK [] Logged in',
      '* 3 EXISTS',
      'e OK [READ-WRITE] Done',
      '* BYE LOGOUT received',
      'f OK Completed',
      '',
    ]);
    expect(upstreams()).toHaveLength(2);
  });

  it('a second login waits for the answer to the first', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const { proxy, upstream, upstreams } = await startProxied(async (connection, index) => {
      if (index > 0) return mailServer()(connection, index);
      await greet(connection);
      const { tag } = await readLogin(connection);
      await mayAnswer.promise;
      await connection.send(`${tag} NO No\r\n`);
      await connection.expectEnd();
    });
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    await client.send(`a LOGIN ${USER} wrong\r\nb${LOGIN.slice(1)}`);
    await upstream(0);
    expect(upstreams()).toHaveLength(1);
    mayAnswer.resolve();

    expect((await client.readReply('a')).tagged).toBe('NO No');
    expect((await client.readReply('b')).status).toBe('OK');
  });
});

describe('LOGOUT', () => {
  it('is answered when a slow command before it is, and the connection is kept', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await serving(async (connection) => {
      const fetch = tagOf(await connection.expectLine(/ FETCH /));
      await connection.send('* 1 FETCH (BODY[] {5}\r\nhel');
      await mayAnswer.promise;
      expect(connection.received).not.toContain('LOGOUT');
      await connection.send(`lo)\r\n${fetch} OK Done\r\n`);
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    await client.send('a FETCH 1 BODY[]\r\nb LOGOUT\r\nc NOOP\r\n');
    await hasReceived(setup, 'FETCH');
    expect(client.transcript()).not.toContain('BYE');
    mayAnswer.resolve();

    expect(await client.readToEnd()).toBe(
      '* 1 FETCH (BODY[] {5}\r\nhello)\r\na OK Done\r\n* BYE LOGOUT received\r\nb OK Completed\r\n',
    );
    await setup.proxy.waitForPool({ parked: 1 });
  });

  it('is answered once the server stands between two responses', async () => {
    const mayEnd = Promise.withResolvers<void>();
    const setup = await startProxied(async (connection) => {
      await admit(connection);
      await connection.expectLine('a NOOP');
      await connection.send('a OK Done\r\n* 1 FETCH (BODY[] {5}\r\nhel');
      await mayEnd.promise;
      await connection.send('lo)\r\n');
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a NOOP\r\n');
    await client.readReply('a');

    await client.send('b LOGOUT\r\n');
    mayEnd.resolve();

    expect(await client.readToEnd()).toBe(
      '* 1 FETCH (BODY[] {5}\r\nhello)\r\n* BYE LOGOUT received\r\nb OK Completed\r\n',
    );
  });
});
