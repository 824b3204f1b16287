import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { PASSWORD, USER } from '../../support/proxied-server.ts';
import { serveCommands, tagOf } from '../../support/scripted-imap.ts';
import { drains, hasReceived, leave, nextSession, serving, WAYS } from './leaving.ts';

describe.each(WAYS)('A client that goes by %s while it waits for the server', (how) => {
  it('to ask for a literal costs the connection once it does', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await serving(async (connection) => {
      await connection.expectLine('a APPEND INBOX {5}');
      await mayAnswer.promise;
      await connection.send('+ OK\r\n');
      await connection.expectEnd();
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a APPEND INBOX {5}\r\n');
    await hasReceived(setup, '{5}');

    leave(client, how);
    await drains(setup);
    mayAnswer.resolve();
    await setup.proxy.waitForPool({ leased: 0, parked: 0, closed: { 'client gone mid-command': 1 } });

    expect(await nextSession(setup)).toBe(1);
  });

  it('to ask for a literal leaves the connection to the next if the literal is refused', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await serving(async (connection) => {
      await connection.expectLine('a APPEND INBOX {5}');
      await mayAnswer.promise;
      await connection.send('a NO [OVERQUOTA] Full\r\n');
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a APPEND INBOX {5}\r\n');
    await hasReceived(setup, '{5}');

    leave(client, how);
    await drains(setup);
    mayAnswer.resolve();
    await setup.proxy.waitForPool({ leased: 0, parked: 1 });

    expect(await nextSession(setup)).toBe(0);
  });

  it('to take up its IDLE leaves the connection to the next, after DONE', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await serving(async (connection) => {
      const tag = tagOf(await connection.expectLine(/ IDLE$/));
      await mayAnswer.promise;
      expect(connection.received).not.toContain('DONE');
      await connection.send('+ idling\r\n');
      await connection.expectLine('DONE');
      await connection.send(`${tag} OK Idle completed\r\n`);
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a IDLE\r\n');
    await hasReceived(setup, 'IDLE');

    leave(client, how);
    await drains(setup);
    mayAnswer.resolve();
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await nextSession(setup)).toBe(0);
  });
});
