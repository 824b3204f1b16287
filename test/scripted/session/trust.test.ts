/** For how long a login is answered from memory, and what the server's word on a later one changes. */
import { describe, expect, it } from 'vitest';
import { ImapClient, quote } from '../../support/imap-client.ts';
import { PASSWORD, type ProxiedServer, startProxied, USER } from '../../support/proxied-server.ts';
import { greet, readLogin, serveCommands } from '../../support/scripted-imap.ts';
import { isOver } from './sessions.ts';

const INTERVAL_MS = 600_000;

/** Nothing else ends a parked connection while these tests last. */
const LONG_LIVED = { reauth_interval: INTERVAL_MS / 1000, cache_expiration_time: 86_400, server_lifetime: 0 };

const REFUSED = 'NO [AUTHENTICATIONFAILED] Authentication failed.';

/** A server whose passwords change while it runs. */
class Passwords {
  readonly #valid = new Set<string>([PASSWORD]);
  /** What a right password is answered with, if not OK; FIN for no answer at all. */
  trouble: string | undefined;
  /** Until when the first command of a connection waits, if it has to. */
  mayReset: Promise<void> | undefined;
  /** Those that the server was told, in order. */
  readonly told: string[] = [];

  accept(...passwords: readonly string[]): void {
    this.#valid.clear();
    for (const password of passwords) this.#valid.add(password);
  }

  async start(directives = {}): Promise<ProxiedServer> {
    return startProxied(
      async (connection) => {
        await greet(connection);
        const { tag, password } = await readLogin(connection);
        this.told.push(password);
        if (this.trouble === 'FIN') return connection.cut();
        const word = this.#valid.has(password) ? 'OK [CAPABILITY IMAP4rev1 UNSELECT] Welcome' : REFUSED;
        await connection.send(`${tag} ${this.trouble ?? word}\r\n`);
        await this.mayReset;
        await serveCommands(connection);
      },
      { directives: { ...LONG_LIVED, ...directives } },
    );
  }
}

/** Begins a session; undefined when the login is refused. */
async function begin({ proxy }: ProxiedServer, password = PASSWORD): Promise<ImapClient | undefined> {
  const client = await ImapClient.connect(proxy.port);
  await client.readGreeting();
  const { status } = await client.command(`LOGIN ${USER} ${quote(password)}`);
  if (status === 'OK') return client;
  client.close();
  return undefined;
}

/** A whole session; tells whether the login was accepted. */
async function visit(setup: ProxiedServer, password = PASSWORD): Promise<boolean> {
  const { leased, reserved } = setup.proxy.pool;
  const client = await begin(setup, password);
  if (client === undefined) return false;
  await client.command('NOOP');
  await client.logout();
  await setup.proxy.waitForPool({ leased, reserved, resetting: 0 });
  return true;
}

describe('A login is put to the server again', () => {
  it('later than `reauth_interval` after the last one there, not before', async () => {
    const passwords = new Passwords();
    const setup = await passwords.start();
    await visit(setup);

    setup.proxy.advance(INTERVAL_MS);
    expect(await visit(setup)).toBe(true);
    expect(passwords.told).toHaveLength(1);

    setup.proxy.advance(1);
    expect(await visit(setup)).toBe(true);
    expect(passwords.told).toEqual([PASSWORD, PASSWORD]);
  });

  it('and is trusted for as long again when the server says OK, with what was parked', async () => {
    const passwords = new Passwords();
    const setup = await passwords.start();
    await visit(setup);
    setup.proxy.advance(INTERVAL_MS + 1);
    await visit(setup);
    expect(setup.proxy.pool).toMatchObject({ parked: 2 });

    setup.proxy.advance(INTERVAL_MS);
    await visit(setup);
    expect(passwords.told).toHaveLength(2);

    setup.proxy.advance(1);
    await visit(setup);
    expect(passwords.told).toHaveLength(3);
  });

  it('whether a session from memory has come in between or not', async () => {
    const passwords = new Passwords();
    const setup = await passwords.start();
    await visit(setup);
    for (let minutes = 0; minutes < 10; minutes += 1) {
      setup.proxy.advance(INTERVAL_MS / 10);
      await visit(setup);
    }
    expect(passwords.told).toHaveLength(1);

    setup.proxy.advance(1);
    await visit(setup);

    expect(passwords.told).toHaveLength(2);
  });

  it('never with `reauth_interval 0`', async () => {
    const passwords = new Passwords();
    const setup = await passwords.start({ reauth_interval: 0, cache_expiration_time: 864_000 });
    await visit(setup);

    for (let day = 0; day < 5; day += 1) {
      setup.proxy.advance(86_400_000);
      await visit(setup);
    }

    expect(passwords.told).toHaveLength(1);
  });

  it('by each of its secrets at its own time', async () => {
    const passwords = new Passwords();
    passwords.accept('one', 'two');
    const setup = await passwords.start();
    for (const password of ['one', 'two', 'one']) await visit(setup, password);
    setup.proxy.advance(INTERVAL_MS / 2);
    passwords.accept('two');
    setup.proxy.advance(INTERVAL_MS / 2 + 1);

    expect(await visit(setup, 'one')).toBe(false);
    expect(await visit(setup, 'two')).toBe(true);
    expect(await visit(setup, 'two')).toBe(true);

    expect(passwords.told.slice(3)).toEqual(['one', 'two']);
  });
});

describe('When the server refuses a login that it accepted before', () => {
  it('the client is refused in its words, and what is parked of that login is closed', async () => {
    const passwords = new Passwords();
    const setup = await passwords.start();
    const clients = [await begin(setup), await begin(setup)];
    for (const client of clients) await client?.logout();
    await setup.proxy.waitForPool({ parked: 2 });
    passwords.accept('another');
    setup.proxy.advance(INTERVAL_MS + 1);
    using client = await ImapClient.connect(setup.proxy.port);
    await client.readGreeting();

    const { tagged } = await client.command(`LOGIN ${USER} ${quote(PASSWORD)}`);

    expect(tagged).toBe(REFUSED);
    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'login refused': 2 } });
    expect(await visit(setup)).toBe(false);
    expect(passwords.told).toHaveLength(4);
  });

  it('what is in use of that login is closed when its session is over', async () => {
    const passwords = new Passwords();
    const setup = await passwords.start();
    using working = await begin(setup);
    passwords.accept('another');
    setup.proxy.advance(INTERVAL_MS + 1);
    expect(await visit(setup)).toBe(false);

    expect((await working?.command('NOOP'))?.status).toBe('OK');
    await working?.logout();
    await isOver(setup);

    expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'login refused': 1 } });
  });

  it('and accepts it later, the login is trusted again', async () => {
    const passwords = new Passwords();
    const setup = await passwords.start();
    await visit(setup);
    passwords.accept('another');
    setup.proxy.advance(INTERVAL_MS + 1);
    expect(await visit(setup)).toBe(false);
    passwords.accept(PASSWORD);

    expect([await visit(setup), await visit(setup)]).toEqual([true, true]);

    expect(passwords.told).toHaveLength(3);
  });

  it.each([
    ['NO [UNAVAILABLE] Temporary failure'],
    ['NO [unavailable] Temporary failure'],
    ['NO [INUSE] Mailbox is locked'],
    ['NO [LIMIT] Too many connections'],
    ['NO [SERVERBUG] Internal error'],
    ['NO [PRIVACYREQUIRED] Not without TLS'],
    ['BAD Command unknown'],
    ['FIN'],
  ])('by %s, which says nothing about its password, what is parked is kept', async (answer) => {
    const passwords = new Passwords();
    const setup = await passwords.start();
    await visit(setup);
    setup.proxy.advance(INTERVAL_MS + 1);
    passwords.trouble = answer;

    expect(await visit(setup)).toBe(false);
    expect(await visit(setup)).toBe(false);
    expect(setup.proxy.pool).toMatchObject({ parked: 1 });

    passwords.trouble = undefined;
    expect([await visit(setup), await visit(setup)]).toEqual([true, true]);
    expect(passwords.told).toHaveLength(4);
  });

  it.each([['NO [EXPIRED] Change it first'], ['NO [AUTHORIZATIONFAILED] Not you'], ['NO Go away']])(
    'by %s, what is parked is closed',
    async (answer) => {
      const passwords = new Passwords();
      const setup = await passwords.start();
      await visit(setup);
      setup.proxy.advance(INTERVAL_MS + 1);
      passwords.trouble = answer;

      expect(await visit(setup)).toBe(false);

      expect(setup.proxy.pool).toMatchObject({ parked: 0, closed: { 'login refused': 1 } });
    },
  );
});

describe('When the server accepts another secret of a user', () => {
  it('what is parked of the old one is closed at once, and the old one is put to the server', async () => {
    const passwords = new Passwords();
    const setup = await passwords.start();
    await visit(setup);
    passwords.accept('new');

    expect(await visit(setup, 'new')).toBe(true);

    expect(setup.proxy.pool).toMatchObject({ parked: 1, closed: { 'new secret': 1 } });
    expect(await visit(setup)).toBe(false);
    expect(await visit(setup, 'new')).toBe(true);
    expect(passwords.told).toEqual([PASSWORD, 'new', PASSWORD]);
  });

  it('what is in use of the old one is closed when its session is over', async () => {
    const passwords = new Passwords();
    const setup = await passwords.start();
    using old = await begin(setup);
    passwords.accept('new');
    await visit(setup, 'new');

    expect((await old?.command('NOOP'))?.status).toBe('OK');
    await old?.logout();
    await isOver(setup);

    expect(setup.proxy.pool).toMatchObject({ parked: 1, closed: { 'new secret': 1 } });
    expect(await visit(setup)).toBe(false);
  });

  it('what was just being reset of the old one serves nobody who comes with that', async () => {
    const passwords = new Passwords();
    const mayReset = Promise.withResolvers<void>();
    passwords.mayReset = mayReset.promise;
    const setup = await passwords.start();
    const old = await begin(setup);
    await old?.logout();
    await setup.proxy.waitForPool({ resetting: 1 });
    passwords.mayReset = undefined;
    passwords.accept('new');
    const client = await begin(setup, 'new');

    mayReset.resolve();

    await setup.proxy.waitForPool({ resetting: 0 });
    expect(await visit(setup)).toBe(false);
    expect(passwords.told).toEqual([PASSWORD, 'new', PASSWORD]);
    await client?.logout();
  });

  it('a session that only waits with the old one, and needs a connection now, is put to the server', async () => {
    const passwords = new Passwords();
    const setup = await passwords.start();
    await visit(setup);
    using reserved = await begin(setup);
    passwords.accept('new');
    await visit(setup, 'new');

    await reserved?.send('x NOOP\r\n');

    expect(await reserved?.readToEnd()).toMatch(/^\* BYE \[UNAVAILABLE\] /);
    expect(passwords.told).toEqual([PASSWORD, 'new', PASSWORD]);
  });

  it('both stay once the old one has proved to be valid as well', async () => {
    const passwords = new Passwords();
    passwords.accept('one', 'two');
    const setup = await passwords.start();

    for (const password of ['one', 'two', 'one', 'two', 'one', 'two']) {
      expect(await visit(setup, password)).toBe(true);
    }

    expect(passwords.told).toEqual(['one', 'two', 'one']);
    expect(setup.proxy.pool).toMatchObject({ parked: 2, closed: { 'new secret': 1 } });
  });

  it('a third secret puts both to the test again', async () => {
    const passwords = new Passwords();
    passwords.accept('one', 'two', 'three');
    const setup = await passwords.start();
    for (const password of ['one', 'two', 'one', 'three']) await visit(setup, password);
    expect(setup.proxy.pool).toMatchObject({ parked: 1, closed: { 'new secret': 3 } });

    for (const password of ['one', 'two', 'three', 'one', 'two', 'three']) await visit(setup, password);

    expect(passwords.told).toEqual(['one', 'two', 'one', 'three', 'one', 'two']);
    expect(setup.proxy.pool).toMatchObject({ parked: 3 });
  });

  it('those of other users stay', async () => {
    const passwords = new Passwords();
    passwords.accept(PASSWORD, 'new');
    const setup = await passwords.start();
    const other = await ImapClient.login(setup.proxy.port, 'bob', PASSWORD);
    await other.logout();
    await setup.proxy.waitForPool({ parked: 1 });
    await visit(setup);

    await visit(setup, 'new');

    expect(setup.proxy.pool).toMatchObject({ parked: 2, closed: { 'new secret': 1 } });
  });
});

it('A wrong password harms nothing that is parked, however often it comes', async () => {
  const passwords = new Passwords();
  const setup = await passwords.start();
  await visit(setup);

  for (let count = 0; count < 5; count += 1) {
    expect(await visit(setup, 'guess')).toBe(false);
    expect(await visit(setup, `guess ${count}`)).toBe(false);
  }

  expect(await visit(setup)).toBe(true);
  expect(passwords.told).toHaveLength(11);
  expect(setup.proxy.pool).toMatchObject({ parked: 1, created: 1 });
});
