import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Dovecot } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { MailProcess } from '../support/mail-process.ts';
import { expectCleanLogin, logIn, visit } from '../support/sessions.ts';

/** Occurs in everything that the abandoned sessions see or send, and must occur nowhere else. */
const MARK = 'first-session-only';

interface Abandonment {
  readonly situation: string;
  /** Brings a logged-in client into the situation. */
  readonly prepare: (client: ImapClient) => Promise<void>;
  /** Whether its server connection can be used again, so that the next login costs the server none. */
  readonly isReusable: boolean;
}

const ABANDONMENTS: readonly Abandonment[] = [
  {
    situation: 'half-way in the literal of an APPEND',
    prepare: async (client) => {
      await client.send('a1 APPEND INBOX {80}\r\n');
      await client.readUntil(/^\+/);
      await client.send(`Subject: ${MARK}\r\n\r\n`);
    },
    isReusable: false,
  },
  {
    situation: 'half-way in the non-synchronizing literal of an APPEND',
    prepare: async (client) => client.send(`a1 APPEND INBOX {80+}\r\nSubject: ${MARK}\r\n\r\n`),
    isReusable: false,
  },
  {
    situation: 'after the literal of an APPEND, before the end of its line',
    prepare: async (client) => client.send(`a1 APPEND INBOX {${MARK.length}+}\r\n${MARK}`),
    isReusable: false,
  },
  {
    situation: 'between the announcement of a literal and its data',
    prepare: async (client) => {
      await client.send('a1 APPEND INBOX {80}\r\n');
      await client.readUntil(/^\+/);
    },
    isReusable: false,
  },
  {
    situation: 'in the middle of a command line',
    prepare: async (client) => client.send(`a1 CREATE ${MARK}`),
    isReusable: false,
  },
  {
    situation: 'in IDLE',
    prepare: async (client) => {
      await client.command('SELECT INBOX');
      await client.send('a1 IDLE\r\n');
      await client.readUntil(/^\+/);
    },
    isReusable: true,
  },
  {
    situation: 'right after it has asked for IDLE',
    prepare: async (client) => client.send('a1 SELECT INBOX\r\na2 IDLE\r\n'),
    isReusable: true,
  },
  {
    situation: 'with a mailbox selected',
    prepare: async (client) => void (await client.command('SELECT INBOX')),
    isReusable: true,
  },
  {
    situation: 'with answers on their way',
    prepare: async (client) => client.send('a1 SELECT INBOX\r\na2 FETCH 1:* BODY.PEEK[]\r\n'),
    isReusable: true,
  },
];

const DEATHS = [
  { death: 'closes', die: (client: ImapClient) => client.close() },
  { death: 'resets', die: (client: ImapClient) => client.reset() },
  { death: 'closes its sending half', die: (client: ImapClient) => client.halfClose() },
] as const;

const CASES = ABANDONMENTS.flatMap((abandonment) => DEATHS.map((end) => ({ ...abandonment, ...end })));

describeWith(['dovecot-imapd'], 'Next login after a client has died', () => {
  let dovecot: Dovecot;
  let proxy: InProcessProxy;
  let lastUser = 0;
  let user = '';

  const users = Array.from({ length: CASES.length + 20 }, (_, index) => `user${index + 1}`);

  beforeAll(async () => {
    dovecot = await Dovecot.start({ users });
    proxy = await InProcessProxy.start(dovecot.port);
  });

  afterAll(async () => {
    await proxy.stop();
    await dovecot.stop();
  });

  beforeEach(async () => {
    lastUser += 1;
    user = `user${lastUser}`;
    await dovecot.deliver(user, `Subject: ${MARK}\n\nbody\n`);
  });

  async function expectNothingLeft(): Promise<void> {
    const atOnce = await expectCleanLogin(proxy.port, user);
    await proxy.settled();
    const later = await expectCleanLogin(proxy.port, user);
    expect(atOnce + later).not.toContain(MARK);
    using direct = await logIn(dovecot.port, user);
    expect((await direct.command('LIST "" *')).untagged).toEqual(['* LIST (\\HasNoChildren) "." INBOX']);
    expect((await direct.command('STATUS INBOX (MESSAGES)')).untagged).toEqual([
      '* STATUS INBOX (MESSAGES 1)',
    ]);
  }

  it.each(CASES)('is clean when the client $death $situation', async ({ prepare, die, isReusable }) => {
    const client = await logIn(proxy.port, user);
    await prepare(client);
    die(client);

    await expectNothingLeft();

    // One more is the look at the server of the test's own.
    const logins = (await dovecot.loginCount(user)) - 1;
    if (isReusable) expect(logins).toBeLessThanOrEqual(2);
    else expect(logins).toBe(2);
    client.close();
  });

  it.each(DEATHS)('is clean when the client $death with a slow command running', async ({ die }) => {
    const client = await logIn(proxy.port, user);
    await client.command('SELECT INBOX');
    using process = await MailProcess.of(dovecot, user);
    process.hold();
    await client.send('a1 FETCH 1:* (FLAGS BODY.PEEK[])\r\na2 SEARCH BODY nothing\r\n');
    die(client);

    const atOnce = await expectCleanLogin(proxy.port, user);
    process.release();
    await proxy.settled();
    const later = await expectCleanLogin(proxy.port, user);

    expect(atOnce + later).not.toContain(MARK);
    client.close();
  });

  it.each(DEATHS)(
    'uses the parked connection when a client $death in the literal of a LOGIN',
    async ({ die }) => {
      await visit(proxy.port, user);
      await proxy.settled();
      for (const marker of ['{9}', '{9+}']) {
        const client = await ImapClient.connect(proxy.port);
        await client.readGreeting();
        await client.send(`a1 LOGIN ${user} ${marker}\r\n`);
        if (marker === '{9}') await client.readUntil(/^\+/);
        await client.send('user1');
        die(client);
        await expectCleanLogin(proxy.port, user);
        client.close();
      }

      expect(await dovecot.loginCount(user)).toBe(1);
    },
  );

  it.each([
    { wanted: 'an IDLE', request: 'a1 IDLE\r\n' },
    { wanted: 'a literal', request: 'a1 APPEND INBOX {80}\r\n' },
  ])(
    'waits for nothing when the client resets before the server has agreed to $wanted',
    async ({ request }) => {
      const client = await logIn(proxy.port, user);
      using process = await MailProcess.of(dovecot, user);
      process.hold();
      await client.send(request);
      client.reset();
      await waitUntil(() => proxy.clients === 0, { what: 'the proxy to see that its client has gone' });
      process.release();

      await proxy.settled(5_000);
      await expectNothingLeft();
    },
  );

  it('lets what was completely sent take effect, as the server itself does', async () => {
    const client = await logIn(proxy.port, user);
    await client.send('a1 APPEND INBOX {11+}\r\nSubject: x\n\r\n');
    client.close();

    await proxy.settled();
    using direct = await logIn(dovecot.port, user);
    await waitUntil(
      async () =>
        (await direct.command('STATUS INBOX (MESSAGES)')).untagged[0] === '* STATUS INBOX (MESSAGES 2)',
      { what: 'the appended message' },
    );
  });
});
