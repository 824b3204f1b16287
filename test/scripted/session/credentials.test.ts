/** For how long the proxy knows the password of a session that was logged in from memory. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Secret } from '../../../src/base/secret.ts';
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
import type { Script } from '../../support/scripted-server.ts';
import { leave, WAYS } from './leaving.ts';
import { ask, isOver } from './sessions.ts';

const ANSWERS = { SELECT: ['* 3 EXISTS', '$ OK [READ-WRITE] Done'], STORE: ['$ OK Stored'] };

/** Whether each secret that was read since is wiped by now, in the order in which they were first read. */
function watchSecrets(): () => readonly boolean[] {
  const spy = vi.spyOn(Secret.prototype, 'expose');
  onTestFinished(() => spy.mockRestore());
  return () => {
    const secrets = new Set(spy.mock.contexts as readonly Secret[]);
    return [...secrets].map((secret) => secret.expose().every((octet) => octet === 0));
  };
}

/** A session from memory, and whether its password is wiped. */
async function hotSession(
  setup: ProxiedServer,
): Promise<{ readonly client: ImapClient; readonly isWiped: () => boolean }> {
  await parkOne(setup.proxy);
  const client = await ImapClient.connect(setup.proxy.port);
  await client.readGreeting();
  const wiped = watchSecrets();
  await client.login(USER, PASSWORD);
  expect(wiped()).toEqual([false]);
  return { client, isWiped: () => wiped().every((one) => one) };
}

/** A server whose first connection, parked once, goes on as `script` says with the first command that it gets. */
function startWith(script: Script, next: Script = mailServer(ANSWERS)): Promise<ProxiedServer> {
  return startProxied(async (connection, index) => {
    if (index > 0) return next(connection, index);
    await admit(connection);
    const noop = tagOf(await connection.expectLine(/ NOOP$/));
    await connection.send(`${noop} OK Done\r\n`);
    await script(connection, index);
  });
}

describe('The password of a session from memory is wiped', () => {
  it('when its connection has said the first word, not before', async () => {
    const mayAnswer = Promise.withResolvers<void>();
    const setup = await startWith(async (connection) => {
      const tag = tagOf(await connection.expectLine(/ SELECT INBOX$/));
      await mayAnswer.promise;
      await connection.send(`${tag} OK Done\r\n`);
    });
    const { client, isWiped } = await hotSession(setup);
    await client.send('x SELECT INBOX\r\n');
    const connection = await setup.upstream(0);
    await expect.poll(() => connection.received).toContain('x SELECT INBOX\r\n');
    expect(isWiped()).toBe(false);

    mayAnswer.resolve();
    await client.readReply('x');

    expect(isWiped()).toBe(true);
    client.close();
  });

  it('when it has sent what is never sent twice', async () => {
    const setup = await startWith((connection) => connection.stall());
    const { client, isWiped } = await hotSession(setup);

    await client.send('x STORE 1 +FLAGS (\\Seen)\r\n');
    await setup.proxy.waitForPool({ leased: 1 });

    expect(isWiped()).toBe(true);
    client.reset();
  });

  it('when another connection has taken the place of one that was dead', async () => {
    const setup = await startWith(async (connection) => {
      await connection.expectLine();
      connection.cut();
    });
    const { client, isWiped } = await hotSession(setup);

    expect(await ask(client, 'SELECT INBOX')).toBe('* 3 EXISTS | OK [READ-WRITE] Done');

    expect(isWiped()).toBe(true);
    client.close();
  });

  it('when no connection could take that place', async () => {
    const setup = await startWith(
      async (connection) => {
        await connection.expectLine();
        connection.cut();
      },
      async (connection) => connection.cut(),
    );
    const { client, isWiped } = await hotSession(setup);

    await client.send('x SELECT INBOX\r\n');
    expect(await client.readToEnd()).toMatch(/^\* BYE /);

    expect(isWiped()).toBe(true);
  });

  it('with LOGOUT', async () => {
    const { client, isWiped } = await hotSession(await startProxied());

    await client.logout();

    expect(isWiped()).toBe(true);
  });

  it.each(WAYS)('when its client goes by %s without having needed a connection', async (how) => {
    const setup = await startProxied();
    const { client, isWiped } = await hotSession(setup);

    leave(client, how);
    await isOver(setup);

    expect(isWiped()).toBe(true);
  });

  it.each(WAYS)('when its client goes by %s before its command is answered', async (how) => {
    const setup = await startWith(async (connection) => {
      const tag = tagOf(await connection.expectLine(/ SELECT INBOX$/));
      await expect.poll(() => setup.proxy.clock.pending).toBeGreaterThan(0);
      await connection.send(`${tag} OK Done\r\n`);
      await serveCommands(connection);
    });
    const { client, isWiped } = await hotSession(setup);
    await client.send('x SELECT INBOX\r\n');
    await setup.proxy.waitForPool({ leased: 1 });

    leave(client, how);
    await isOver(setup);

    expect(isWiped()).toBe(true);
  });
});

describe('While a connection is made for a session from memory', () => {
  /** Lets everybody in who has the password, once `mayGreet` has resolved. */
  function checking(mayGreet: Promise<void>, passwords: string[]): Script {
    return async (connection) => {
      await mayGreet;
      await greet(connection);
      const { tag, password } = await readLogin(connection);
      passwords.push(password);
      const answer = password === PASSWORD ? 'OK [CAPABILITY IMAP4rev1 UNSELECT] Yes' : 'NO Wrong password';
      await connection.send(`${tag} ${answer}\r\n`);
      await serveCommands(connection, { ...ANSWERS, ENABLE: ['* ENABLED QRESYNC', '$ OK Done'] });
    };
  }

  it.each(WAYS)(
    'a client that goes by %s does not spoil the password, which is wiped afterwards',
    async (how) => {
      const { promise, resolve: greetNow } = Promise.withResolvers<void>();
      const passwords: string[] = [];
      const setup = await startWith(
        async (connection) => {
          await connection.expectLine(/ SELECT INBOX$/);
          connection.cut();
        },
        checking(promise, passwords),
      );
      const { client, isWiped } = await hotSession(setup);
      await client.send('x SELECT INBOX\r\n');
      await setup.upstream(1);
      leave(client, how);
      if (how === 'RST') await expect.poll(() => setup.proxy.log('session ended').length).toBe(2);

      greetNow();

      await setup.proxy.waitForPool({ connecting: 0, leased: 0, resetting: 0, reserved: 0 });
      expect(passwords).toEqual([PASSWORD]);
      expect(setup.proxy.pool).toMatchObject({ parked: 1 });
      expect(isWiped()).toBe(true);
    },
  );

  it('a client that goes costs no other connection of its user', async () => {
    const { promise, resolve: greetNow } = Promise.withResolvers<void>();
    const passwords: string[] = [];
    const setup = await startWith(
      async (connection) => {
        await connection.expectLine(/ SELECT INBOX$/);
        connection.cut();
      },
      (connection, index) =>
        checking(index === 1 ? Promise.resolve() : promise, passwords)(connection, index),
    );
    using first = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    using second = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await ask(second, 'ENABLE QRESYNC');
    await first.logout();
    await second.logout();
    await setup.proxy.waitForPool({ parked: 2 });
    const client = await ImapClient.login(setup.proxy.port, USER, PASSWORD);
    await client.send('x SELECT INBOX\r\n');
    await setup.upstream(2);
    client.reset();
    await expect.poll(() => setup.proxy.log('session ended').length).toBe(3);

    greetNow();

    await setup.proxy.waitForPool({ connecting: 0, leased: 0, resetting: 0, parked: 2 });
    expect(passwords).toEqual([PASSWORD, PASSWORD]);
  });
});
