import { afterAll, beforeAll, expect, it } from 'vitest';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { ImapClient, quote, type Reply } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { expectCleanLogin, logIn, visit } from '../support/sessions.ts';

/** Needs quoting, escaping and more than ASCII; latin1, one character per octet. */
const AWKWARD_PASSWORD = Buffer.from('p"a\\ß w%rd{3}', 'utf8').toString('latin1');

interface Spelling {
  readonly spelling: string;
  readonly logIn: (client: ImapClient, user: string, password: string) => Promise<Reply>;
}

/** Those that can say every name and password. */
const SPELLINGS: readonly Spelling[] = [
  {
    spelling: 'quoted strings',
    logIn: (client, user, password) => client.command(`LOGIN ${quote(user)} ${quote(password)}`),
  },
  {
    spelling: 'literals',
    logIn: (client, user, password) =>
      client.command(`LOGIN {${user.length}}`, `${user} {${password.length}}\r\n`, `${password}\r\n`),
  },
  {
    spelling: 'literals whose data came early',
    logIn: (client, user, password) =>
      client.command(`login {${user.length}}\r\n${user} {${password.length}}\r\n${password}`),
  },
  {
    spelling: 'non-synchronizing literals',
    logIn: (client, user, password) =>
      client.command(`LOGIN {${user.length}+}\r\n${user} {${password.length}+}\r\n${password}`),
  },
  {
    spelling: 'an atom and a literal',
    logIn: (client, user, password) =>
      client.command(`Login ${user} {${password.length}}`, `${password}\r\n`),
  },
  {
    spelling: 'AUTHENTICATE PLAIN with an initial response',
    logIn: (client, user, password) => client.command(`AUTHENTICATE PLAIN ${plain('', user, password)}`),
  },
  {
    spelling: 'AUTHENTICATE PLAIN',
    logIn: (client, user, password) =>
      client.command('AUTHENTICATE PLAIN', `${plain('', user, password)}\r\n`),
  },
  {
    spelling: 'AUTHENTICATE PLAIN for oneself',
    logIn: (client, user, password) =>
      client.command('authenticate plain', `${plain(user, user, password)}\r\n`),
  },
  {
    spelling: 'AUTHENTICATE LOGIN',
    logIn: (client, user, password) =>
      client.command('AUTHENTICATE LOGIN', `${base64(user)}\r\n`, `${base64(password)}\r\n`),
  },
  {
    spelling: 'AUTHENTICATE LOGIN with an initial response',
    logIn: (client, user, password) =>
      client.command(`AUTHENTICATE LOGIN ${base64(user)}`, `${base64(password)}\r\n`),
  },
];

const ATOMS: Spelling = {
  spelling: 'atoms',
  logIn: (client, user, password) => client.command(`LOGIN ${user} ${password}`),
};

describeWith(['dovecot-imapd'], 'Login through the proxy', () => {
  let dovecot: Dovecot;
  let proxy: InProcessProxy;

  beforeAll(async () => {
    dovecot = await Dovecot.start({ users: ['alice', 'bob', 'carol', 'dave', 'eve'] });
    proxy = await InProcessProxy.start(dovecot.port);
    await dovecot.setPassword('alice', Buffer.from(AWKWARD_PASSWORD, 'latin1').toString('utf8'));
    await visit(proxy.port, 'bob');
  });

  afterAll(async () => {
    await proxy.stop();
    await dovecot.stop();
  });

  async function logInAs(spelling: Spelling, user: string, password: string): Promise<Reply> {
    await proxy.settled();
    const client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    const reply = await spelling.logIn(client, user, password);
    if (reply.status === 'OK') expect((await client.command('NOOP')).status).toBe('OK');
    await client.logout();
    return reply;
  }

  it.each([ATOMS, ...SPELLINGS])('meets the one parked connection with $spelling', async (spelling) => {
    const { status } = await logInAs(spelling, 'bob', passwordOf('bob'));

    expect(status).toBe('OK');
    expect(await dovecot.loginCount('bob')).toBe(1);
  });

  it.each(SPELLINGS)(
    'takes a password with quotes, backslash and 8-bit octets as $spelling',
    async (spelling) => {
      const { status } = await logInAs(spelling, 'alice', AWKWARD_PASSWORD);

      expect(status).toBe('OK');
      expect(await dovecot.loginCount('alice')).toBe(1);
    },
  );

  it('puts a wrong password to the server and keeps the parked connection for the next right one', async () => {
    await visit(proxy.port, 'carol');
    await proxy.settled();

    using direct = await ImapClient.connect(dovecot.port);
    await direct.readGreeting();
    const expected = await direct.command('LOGIN carol wrong');
    const refused = await logInAs(ATOMS, 'carol', 'wrong');
    await proxy.settled();
    await expectCleanLogin(proxy.port, 'carol');

    expect(refused.tagged).toBe(expected.tagged);
    expect(refused.untagged).toEqual([]);
    expect(await dovecot.loginCount('carol')).toBe(1);
    const mismatches = (): number => dovecot.log().match(/\(carol,.*Password mismatch/g)?.length ?? 0;
    await waitUntil(() => mismatches() === 2, { what: 'both wrong passwords in the log of the server' });
  });

  it('lets a client try again after a refusal, on the same connection', async () => {
    const client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect((await client.command('LOGIN dave wrong')).tagged).toMatch(/^NO \[AUTHENTICATIONFAILED\]/);
    expect((await client.command('SELECT INBOX')).status).toBe('BAD');
    expect((await client.command(`LOGIN dave ${passwordOf('dave')}`)).status).toBe('OK');
    expect((await client.command('SELECT INBOX')).status).toBe('OK');
    await client.logout();
  });

  it('takes a cancelled AUTHENTICATE for nothing that has happened', async () => {
    const client = await ImapClient.connect(proxy.port);
    await client.readGreeting();

    expect((await client.command('AUTHENTICATE PLAIN', '*\r\n')).status).toBe('BAD');
    expect((await client.command('AUTHENTICATE LOGIN', `${base64('bob')}\r\n`, '*\r\n')).status).toBe('BAD');
    expect((await client.command(`LOGIN bob ${passwordOf('bob')}`)).status).toBe('OK');
    await client.logout();
    expect(await dovecot.loginCount('bob')).toBe(1);
  });

  it('shares no connection between users, nor between a user and what looks alike', async () => {
    await visit(proxy.port, 'dave');
    await visit(proxy.port, 'eve');
    await proxy.settled();
    for (const [user, password] of [
      ['dave', passwordOf('eve')],
      ['eve', passwordOf('dave')],
      ['dav', `e${passwordOf('dave')}`],
      ['dave ', passwordOf('dave')],
    ] as const) {
      expect((await logInAs(SPELLINGS[0] ?? ATOMS, user, password)).tagged).toMatch(
        /^NO \[AUTHENTICATIONFAILED\]/,
      );
    }
  });

  it('takes a new password at once and refuses the old one on a connection of its own', async () => {
    await using cold = await InProcessProxy.start(dovecot.port, { cache_expiration_time: 0 });
    await visit(cold.port, 'eve');

    await dovecot.setPassword('eve', 'changed');

    const client = await ImapClient.login(cold.port, 'eve', 'changed');
    await client.logout();
    await expect(logIn(cold.port, 'eve')).rejects.toThrow('NO [AUTHENTICATIONFAILED]');
    const warm = await ImapClient.login(proxy.port, 'eve', 'changed');
    expect((await warm.command('SELECT INBOX')).status).toBe('OK');
    await warm.logout();
  });
});

function base64(text: string): string {
  return Buffer.from(text, 'latin1').toString('base64');
}

function plain(authorization: string, user: string, password: string): string {
  return base64(`${authorization}\0${user}\0${password}`);
}
