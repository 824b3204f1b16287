import { describe, expect, it } from 'vitest';
import { ImapClient } from '../../support/imap-client.ts';
import { mailServer, PASSWORD, parkOne, startProxied, USER } from '../../support/proxied-server.ts';
import { serveCommands, tagOf } from '../../support/scripted-imap.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { drains, hasReceived, leave, nextSession, serving, WAYS } from './leaving.ts';

describe.each(WAYS)('A client that goes by %s', (how) => {
  it('between two commands leaves its connection to the next', async () => {
    const setup = await serving(async (connection) => {
      await serveCommands(connection, { SELECT: ['$ OK [READ-WRITE] Done'] });
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.command('SELECT INBOX');

    leave(client, how);
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await nextSession(setup)).toBe(0);
    expect(setup.upstreams()[0]?.received).toMatch(/SELECT INBOX\r\nP2 UNSELECT\r\nP3 NOOP\r\nn2 NOOP\r\n/);
  });

  it('right after its login leaves its connection to the next', async () => {
    const setup = await serving((connection) => serveCommands(connection));
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    leave(client, how);
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await nextSession(setup)).toBe(0);
  });

  it('while a command runs leaves the connection to the next once that is answered', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await serving(async (connection) => {
      const tag = tagOf(await connection.expectLine(/ STATUS /));
      await mayAnswer.promise;
      await connection.send(`* STATUS INBOX (MESSAGES 3)\r\n${tag} OK Done\r\n`);
      const noop = tagOf(await connection.expectLine('P2 NOOP'));
      await connection.send(`${noop} OK Done\r\n`);
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a STATUS INBOX (MESSAGES)\r\n');
    await hasReceived(setup, 'STATUS');

    leave(client, how);
    await drains(setup);
    expect(setup.proxy.pool).toMatchObject({ leased: 1, parked: 0 });
    mayAnswer.resolve();
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await nextSession(setup)).toBe(0);
  });

  it('while a command runs that is not answered in 15 s costs the connection', async () => {
    const setup = await serving(async (connection) => {
      await connection.expectLine(/ STATUS /);
      await connection.expectEnd();
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a STATUS INBOX (MESSAGES)\r\n');
    await hasReceived(setup, 'STATUS');

    leave(client, how);
    await setup.proxy.advanceOnceWaiting(15_000);
    await setup.proxy.waitForPool({ leased: 0, closed: { 'drain limit': 1 } });

    expect(await nextSession(setup)).toBe(1);
  });

  it('in the middle of the literal of an APPEND costs the connection, and nothing is added to it', async () => {
    const setup = await serving(async (connection) => {
      await connection.expectLine('a APPEND INBOX {100}');
      await connection.send('+ OK\r\n');
      await connection.expectOctets(50);
      await connection.expectEnd();
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a APPEND INBOX {100}\r\n');
    await client.readUntil(/^\+/);
    await client.send('x'.repeat(50));
    await hasReceived(setup, 'x'.repeat(50));

    leave(client, how);
    await setup.proxy.waitForPool({ leased: 0, closed: { 'client gone mid-command': 1 } });

    expect(await nextSession(setup)).toBe(1);
  });

  it('behind the literal of an APPEND, but before the end of its line, costs the connection', async () => {
    const setup = await serving(async (connection) => {
      await connection.expectLine('a APPEND INBOX {5+}');
      await connection.expectOctets(5);
      await connection.expectEnd();
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a APPEND INBOX {5+}\r\nhello');
    await hasReceived(setup, 'hello');

    leave(client, how);
    await setup.proxy.waitForPool({ leased: 0, closed: { 'client gone mid-command': 1 } });

    expect(await nextSession(setup)).toBe(1);
  });

  it('in the middle of a line costs the connection, and the server sees nothing of the line', async () => {
    const setup = await serving((connection) => connection.expectEnd());
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a DELETE INB');

    leave(client, how);
    await setup.proxy.waitForPool({ leased: 0, parked: 0, closed: { 'client gone mid-command': 1 } });

    expect(await nextSession(setup)).toBe(1);
  });

  it('in an IDLE leaves the connection to the next, after DONE', async () => {
    const setup = await serving(async (connection) => {
      const tag = tagOf(await connection.expectLine(/ IDLE$/));
      await connection.send('+ idling\r\n');
      await connection.expectLine('DONE');
      await connection.send(`* 4 EXISTS\r\n${tag} OK Idle completed\r\n`);
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a IDLE\r\n');
    await client.readUntil(/^\+/);

    leave(client, how);
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await nextSession(setup)).toBe(0);
  });

  it('in the middle of a literal of its LOGIN has not logged in', async () => {
    const { proxy, upstreams } = await startProxied();
    await parkOne(proxy);
    using client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    await client.send(`a LOGIN ${USER} {${PASSWORD.length}}\r\n`);
    await client.readUntil(/^\+/);
    await client.send(PASSWORD.slice(0, -1));

    leave(client, how);
    await waitUntil(() => proxy.log('session ended').length === 2, { what: 'the end of the session' });

    expect(proxy.log('login')).toHaveLength(1);
    expect(proxy.pool).toMatchObject({ parked: 1, reserved: 0 });
    expect(upstreams()).toHaveLength(1);
  });

  it('while it is being logged in leaves the connection to the next', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await startProxied(async (connection) => {
      await connection.send('* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR] ready\r\n');
      const tag = tagOf(await connection.expectLine(/ AUTHENTICATE /));
      await mayAnswer.promise;
      await connection.send(`${tag} OK [CAPABILITY IMAP4rev1] Logged in\r\n`);
      await serveCommands(connection);
    });
    using client = await ImapClient.connect(setup.proxy.port);
    await client.readGreeting();
    await client.send(`a LOGIN ${USER} "${PASSWORD}"\r\n`);
    await hasReceived(setup, 'AUTHENTICATE');

    leave(client, how);
    mayAnswer.resolve();
    await setup.proxy.waitForPool({ parked: 1 });

    expect(await nextSession(setup)).toBe(0);
  });

  it('after a login from memory, before its first command, sets the parked connection free', async () => {
    const setup = await serving((connection) => serveCommands(connection));
    await parkOne(setup.proxy);
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('a NOO');
    expect(setup.proxy.pool).toMatchObject({ parked: 1, reserved: 1 });

    leave(client, how);
    await setup.proxy.waitForPool({ parked: 1, reserved: 0 });

    expect(await nextSession(setup)).toBe(0);
    expect(setup.upstreams()[0]?.received).not.toContain('a NOO');
  });
});

it('A client that has vanished costs the connection when the server still sends more than 256 KiB', async () => {
  const mayAnswer = Promise.withResolvers<void>();
  const setup = await serving(async (connection) => {
    const tag = tagOf(await connection.expectLine(/ FETCH /));
    await mayAnswer.promise;
    const body = 'x'.repeat(300 * 1024);
    await connection.send(`* 1 FETCH (BODY[] {${body.length}}\r\n${body})\r\n${tag} OK Done\r\n`);
    await connection.stall();
  });
  using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
  await client.send('a FETCH 1 BODY[]\r\n');
  await hasReceived(setup, 'FETCH');

  client.reset();
  await drains(setup);
  mayAnswer.resolve();
  await setup.proxy.waitForPool({ leased: 0, parked: 0, closed: { 'drain limit': 1 } });

  expect(await nextSession(setup)).toBe(1);
});

describe('A client that closes its side only', () => {
  it('is still sent what it has asked for, and then the end', async () => {
    const body = 'x'.repeat(400 * 1024);
    const setup = await serving(async (connection) => {
      const first = tagOf(await connection.expectLine(/ FETCH 1 /));
      const second = tagOf(await connection.expectLine(/ FETCH 2 /));
      await connection.send(`* 1 FETCH (BODY[] {${body.length}}\r\n${body})\r\n${first} OK Done\r\n`);
      await connection.send(`* 2 FETCH (BODY[] {0}\r\n)\r\n${second} OK Done\r\n`);
      await serveCommands(connection);
    });
    using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

    await client.send('a FETCH 1 BODY[]\r\nb FETCH 2 BODY[]\r\n');
    client.halfClose();

    const received = await client.readToEnd();
    const [head, tail] = received.split(body);
    expect(head).toBe('* 1 FETCH (BODY[] {409600}\r\n');
    expect(tail).toBe(')\r\na OK Done\r\n* 2 FETCH (BODY[] {0}\r\n)\r\nb OK Done\r\n');
    await setup.proxy.waitForPool({ parked: 1 });
    expect(await nextSession(setup)).toBe(0);
  });

  it('may have sent everything at once, from login to its last command', async () => {
    const { proxy, upstreams } = await startProxied(
      mailServer({ LIST: ['* LIST () "/" INBOX', '$ OK Done'] }),
    );
    using client = await ImapClient.connect(proxy.port);

    await client.send(`a LOGIN ${USER} "${PASSWORD}"\r\nb LIST "" *\r\n`);
    client.halfClose();

    expect(await client.readToEnd()).toMatch(/\r\na OK .*\r\n\* LIST \(\) "\/" INBOX\r\nb OK Done\r\n$/);
    await proxy.waitForPool({ parked: 1 });
    expect(upstreams()).toHaveLength(1);
  });

  it('before it has logged in is let go', async () => {
    const { proxy } = await startProxied();
    using client = await ImapClient.connect(proxy.port);

    client.halfClose();

    expect(await client.readToEnd()).toMatch(/^\* OK .*\r\n$/);
  });
});

it('A session ends with its connection to the server, and no BYE is invented for it', async () => {
  const setup = await serving(async (connection) => {
    await connection.expectLine(/ NOOP$/);
    await connection.send('* 1 EXISTS\r\n');
    connection.cut();
  });
  using client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);

  await client.send('a NOOP\r\n');

  expect(await client.readToEnd()).toBe('* 1 EXISTS\r\n');
  await setup.proxy.waitForPool({ leased: 0, closed: { 'closed by server': 1 } });
  expect(await nextSession(setup)).toBe(1);
});
