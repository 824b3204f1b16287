import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { acceptLogin, answerReset, greet, readLogin, serveCommands } from '../../support/scripted-imap.ts';
import { ScriptedServer } from '../../support/scripted-server.ts';

describe('ScriptedServer', () => {
  it('plays a whole session against the raw client', async () => {
    const server = await ScriptedServer.listen(async (connection) => {
      await greet(connection);
      await acceptLogin(connection, { untagged: ['* OK [ALERT] Password expires soon'] });
      await serveCommands(connection, { SELECT: ['* 3 EXISTS', '$ OK [READ-WRITE] Done'] });
    });
    const client = await ImapClient.connect(server.port);

    expect(await client.readGreeting()).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 /);
    const login = await client.login('alice', 'pass "word"');
    const select = await client.command('SELECT INBOX');
    await client.logout();

    expect(login.untagged).toEqual(['* OK [ALERT] Password expires soon']);
    expect(select).toMatchObject({ untagged: ['* 3 EXISTS'], tagged: 'OK [READ-WRITE] Done' });
    await server.finished();
    expect(server.connections[0]?.received).toContain('SELECT INBOX\r\n');
  });

  it.each([
    ['atoms', ['a LOGIN alice secret\r\n']],
    ['quoted strings', ['a LOGIN "alice" "secret"\r\n']],
    ['non-synchronizing literals', ['a LOGIN {5+}\r\nalice {6+}\r\nsecret\r\n']],
    ['synchronizing literals', ['a login {5}\r\n', 'alice {6}\r\n', 'secret\r\n']],
    ['PLAIN with an initial response', [`a AUTHENTICATE PLAIN ${plain('alice', 'secret')}\r\n`]],
    ['PLAIN without one', ['a authenticate plain\r\n', `${plain('alice', 'secret')}\r\n`]],
  ])('reads a login sent as %s', async (_, [first = '', ...continuations]) => {
    const logins: unknown[] = [];
    const server = await ScriptedServer.listen(async (connection) => {
      logins.push(await acceptLogin(connection));
    });
    using client = await ImapClient.connect(server.port);

    await client.send(first);
    const reply = await client.readReply('a', ...continuations);

    expect(reply.status).toBe('OK');
    expect(logins).toMatchObject([{ tag: 'a', user: 'alice', password: 'secret' }]);
  });

  it('sends octet by octet, in that many reads of the peer', async () => {
    const server = await ScriptedServer.listen(async (connection) => {
      await connection.sendSlowly('* OK \xff\r\n');
      connection.cut();
    });
    using client = await ImapClient.connect(server.port);

    expect(await client.readToEnd()).toBe('* OK \xff\r\n');
    expect(client.chunks.length).toBeGreaterThan(1);
  });

  it('answers a reset whatever its tags', async () => {
    const server = await ScriptedServer.listen((connection) =>
      answerReset(connection, { unselect: 'BAD No' }),
    );
    using client = await ImapClient.connect(server.port);

    await client.send('x1 UNSELECT\r\nx2 NOOP\r\n');

    expect(await client.readUntil(/^x2 /)).toEqual(['x1 BAD No', 'x2 OK NOOP completed']);
  });

  it('lets the peer see FIN and RST as they are', async () => {
    const server = await ScriptedServer.listen(async (connection) => {
      if ((await connection.expectLine()) === 'cut') connection.cut();
      else connection.reset();
    });
    using first = await ImapClient.connect(server.port);
    using second = await ImapClient.connect(server.port);

    await first.send('cut\r\n');
    await second.send('reset\r\n');

    expect(await first.waitForEnd()).toEqual({ kind: 'end' });
    expect(await second.waitForEnd()).toMatchObject({ kind: 'error', error: { code: 'ECONNRESET' } });
  });

  it('reports a script that failed, with the conversation', async () => {
    const server = await ScriptedServer.listen(async (connection) => {
      await greet(connection, '* OK hello');
      await connection.expectLine(/NOOP$/);
    });
    using client = await ImapClient.connect(server.port);

    await client.send('a CHECK\r\n');
    await client.waitForEnd();

    await expect(server.finished()).rejects.toMatchObject({
      cause: { message: expect.stringContaining('So far:\nS: * OK hello\nC: a CHECK') },
    });
  });

  it('ends a stalled script with the test and calls that no failure', async () => {
    const server = await ScriptedServer.listen(async (connection) => {
      await readLogin(connection);
    });
    using client = await ImapClient.connect(server.port);

    await server.close();

    expect(await client.waitForEnd()).toBeDefined();
  });
});

function plain(user: string, password: string): string {
  return Buffer.from(`\0${user}\0${password}`).toString('base64');
}
