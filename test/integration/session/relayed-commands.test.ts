import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Dovecot, passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { describeWith } from '../../support/system-packages.ts';
import { InProcessProxy } from '../support/in-process-proxy.ts';
import { logIn, receivedBy, visit } from '../support/sessions.ts';

const MESSAGE = 'Subject: hello\r\n\r\nworld\r\n';

/** How long Dovecot took, which it tells behind its answers. */
const TIMES = /\([\d.+ ]+ secs\)/;

describeWith(['dovecot-imapd'], 'Session through the proxy', () => {
  let dovecot: Dovecot;
  let proxy: InProcessProxy;
  let lastUser = 0;
  let user = '';

  beforeAll(async () => {
    const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
    dovecot = await Dovecot.start({ users: numbers.flatMap((number) => [`user${number}`, `twin${number}`]) });
    proxy = await InProcessProxy.start(dovecot.port);
  });

  afterAll(async () => {
    await proxy.stop();
    await dovecot.stop();
  });

  beforeEach(async () => {
    lastUser += 1;
    user = `user${lastUser}`;
    await dovecot.deliver(user, MESSAGE);
  });

  it('answers a whole session in one segment, in order and completely, cold and hot', async () => {
    for (const heat of ['cold', 'hot']) {
      const client = await ImapClient.connect(proxy.port);
      await client.send(
        `a1 CAPABILITY\r\na2 LOGIN ${user} {${passwordOf(user).length}+}\r\n${passwordOf(user)}\r\n` +
          `a3 APPEND INBOX {${MESSAGE.length}+}\r\n${MESSAGE}\r\na4 SELECT INBOX\r\na5 LIST "" INBOX\r\n` +
          'a6 FETCH 1 BODY.PEEK[]\r\na7 LOGOUT\r\na8 CREATE never\r\n',
      );

      const received = await client.readToEnd();

      const tagged = received.match(/^a\d \w+/gm);
      expect(tagged, heat).toEqual(['a1 OK', 'a2 OK', 'a3 OK', 'a4 OK', 'a5 OK', 'a6 OK', 'a7 OK']);
      expect(received, heat).toContain(`* 1 FETCH (BODY[] {${MESSAGE.length}}\r\n${MESSAGE})\r\na6 OK`);
      expect(received.indexOf('* BYE'), heat).toBeGreaterThan(received.indexOf('a6 OK'));
      client.close();
      await proxy.settled();
    }

    expect(await dovecot.loginCount(user)).toBe(1);
    const client = await logIn(proxy.port, user);
    expect((await client.command('LIST "" never')).untagged).toEqual([]);
    await client.logout();
  });

  it('answers everything that was sent before the client closed its sending half', async () => {
    const client = await ImapClient.connect(proxy.port);
    await client.send(
      `a1 LOGIN ${user} ${passwordOf(user)}\r\na2 SELECT INBOX\r\na3 FETCH 1 BODY.PEEK[]\r\n`,
    );
    client.halfClose();

    const received = await client.readToEnd();

    expect(received.match(/^a\d \w+/gm)).toEqual(['a1 OK', 'a2 OK', 'a3 OK']);
    expect(received).toContain(MESSAGE);
  });

  it('takes commands one octet at a time', async () => {
    const client = await ImapClient.connect(proxy.port);
    await client.readGreeting();
    const commands = `a1 LOGIN ${user} {${passwordOf(user).length}+}\r\n${passwordOf(user)}\r\na2 SELECT INBOX\r\na3 UID FETCH 1 FLAGS\r\n`;
    for (const octet of commands) await client.send(octet);

    expect((await client.readReply('a1')).status).toBe('OK');
    expect((await client.readReply('a2')).status).toBe('OK');
    expect((await client.readReply('a3')).untagged).toEqual([
      expect.stringMatching(/^\* 1 FETCH \(UID 1 FLAGS /),
    ]);
    await client.logout();
  });

  it('tells an idling client of what another session does, and takes commands after DONE', async () => {
    for (const [index, heat] of ['cold', 'hot'].entries()) {
      const idling = await logIn(proxy.port, user);
      await idling.command('SELECT INBOX');
      await idling.send('i1 IDLE\r\n');
      expect(await idling.readResponse(), heat).toBe('+ idling');

      const other = await logIn(proxy.port, user);
      expect((await other.command(`APPEND INBOX {${MESSAGE.length}+}\r\n${MESSAGE}`)).status).toBe('OK');
      expect(await idling.readUntil(/EXISTS$/), heat).toEqual([`* ${2 + index} EXISTS`]);

      await idling.send('DONE\r\ni2 NOOP\r\n');
      expect((await idling.readReply('i1')).tagged, heat).toMatch(/^OK Idle completed/);
      expect((await idling.readReply('i2')).status, heat).toBe('OK');
      await idling.logout();
      await other.logout();
      await proxy.settled();
    }
  });

  it('takes any line of an idling client for its end, as the server does', async () => {
    const client = await logIn(proxy.port, user);
    await client.send('i1 IDLE\r\n');
    await client.readUntil(/^\+/);
    await client.send('i2 LOGOUT\r\n');

    expect((await client.readReply('i1')).tagged).toMatch(/^BAD Expected DONE/);
    expect((await client.command('NOOP')).status).toBe('OK');
    await client.logout();
  });

  it('shows a session the EXPUNGE of another', async () => {
    const watching = await logIn(proxy.port, user);
    const acting = await logIn(proxy.port, user);
    await watching.command('SELECT INBOX');
    await acting.command('SELECT INBOX');

    await acting.command('STORE 1 +FLAGS.SILENT (\\Deleted)');
    expect((await acting.command('EXPUNGE')).untagged).toContain('* 1 EXPUNGE');

    expect((await watching.command('NOOP')).untagged).toContain('* 1 EXPUNGE');
    await watching.logout();
    await acting.logout();
  });

  it.each([
    { kind: 'synchronizing', append: (size: number) => `{${size}}` },
    { kind: 'non-synchronizing', append: (size: number) => `{${size}+}` },
  ])('stores an APPEND of all 256 octets but NUL with a $kind literal', async ({ append }) => {
    const octets = Buffer.from(Array.from({ length: 255 * 41 }, (_, index) => 1 + (index % 255)));
    // Lone CR and LF are normalized by the server itself.
    const body = octets
      .toString('latin1')
      .replace(/[\r\n]/g, ' ')
      .replace(/(.{75})/gs, '$1\r\n');
    const message = `Subject: octets\r\n\r\n${body}`;
    const client = await logIn(proxy.port, user);

    const marker = append(message.length);
    const reply = marker.endsWith('+}')
      ? await client.command(`APPEND INBOX (\\Seen) ${marker}\r\n${message}`)
      : await client.command(`APPEND INBOX (\\Seen) ${marker}`, `${message}\r\n`);
    expect(reply.tagged).toMatch(/^OK \[APPENDUID \d+ 2\] /);
    await client.command('SELECT INBOX');
    const { untagged } = await client.command('FETCH 2 BODY.PEEK[]');

    expect(untagged).toEqual([`* 2 FETCH (BODY[] {${message.length}}\r\n${message})`]);
    await client.logout();
  });

  it('appends several messages by one command (MULTIAPPEND)', async () => {
    const client = await logIn(proxy.port, user);
    const reply = await client.command(
      `APPEND INBOX {${MESSAGE.length}+}\r\n${MESSAGE} (\\Flagged) {${MESSAGE.length}}`,
      `${MESSAGE}\r\n`,
    );

    expect(reply.tagged).toMatch(/^OK \[APPENDUID \d+ 2:3\] /);
    await client.logout();
  });

  it('goes on after a synchronizing literal that the server refuses', async () => {
    for (const heat of ['cold', 'hot']) {
      const client = await logIn(proxy.port, user);
      const refused = await client.command('APPEND nowhere {5}', 'hello\r\n');
      expect(refused.tagged, heat).toMatch(/^NO \[TRYCREATE\]/);
      expect((await client.command('SELECT INBOX')).untagged, heat).toContain('* 1 EXISTS');
      await client.logout();
      await proxy.settled();
    }
  });

  it('relays a command line of 30 KiB', async () => {
    const uids = Array.from({ length: 5_200 }, (_, index) => 10_000 + 2 * index).join(',');
    expect(uids.length).toBeGreaterThan(30 * 1024);
    const client = await logIn(proxy.port, user);
    await client.command('SELECT INBOX');

    const { status, untagged } = await client.command(`UID FETCH 1,${uids} (FLAGS)`);

    expect(status).toBe('OK');
    expect(untagged).toEqual([expect.stringMatching(/^\* 1 FETCH \(UID 1 FLAGS /)]);
    await client.logout();
  });

  it("passes the server's word on a line that the server finds too long", async () => {
    const argument = 'x'.repeat(70 * 1024);
    using direct = await logIn(dovecot.port, user);
    using client = await logIn(proxy.port, user);

    const expected = await direct.command(`CREATE ${argument}`);

    const { tagged } = await client.command(`CREATE ${argument}`);
    expect(tagged.replace(TIMES, '')).toBe(expected.tagged.replace(TIMES, ''));
    expect(tagged).toContain('Too long argument');
  });

  it.each([
    { name: 'modified UTF-7', mailbox: '"Entw&APw-rfe &ZeVnLIqe-"' },
    {
      name: '8-bit octets in a quoted string',
      mailbox: Buffer.from('"Entwürfe"', 'utf8').toString('latin1'),
    },
    { name: 'octets that are no UTF-8', mailbox: '"\xe9\xff"' },
    {
      name: '8-bit octets in a literal',
      mailbox: `{9+}\r\n${Buffer.from('Entwürfe', 'utf8').toString('latin1')}`,
    },
    { name: 'a name like a literal', mailbox: '"box{3}"' },
  ])('answers about a mailbox named in $name as the server does', async ({ mailbox }) => {
    const twin = `twin${lastUser}`;
    await dovecot.deliver(twin, MESSAGE);
    using direct = await logIn(dovecot.port, twin);
    using client = await logIn(proxy.port, user);
    const commands = [
      `CREATE ${mailbox}`,
      `APPEND ${mailbox} {${MESSAGE.length}+}\r\n${MESSAGE}`,
      'LIST "" *',
      `STATUS ${mailbox} (MESSAGES)`,
      `SELECT ${mailbox}`,
      'FETCH 1 BODY.PEEK[]',
      'UNSELECT',
      `DELETE ${mailbox}`,
    ];

    for (const command of commands) {
      await direct.command(command);
      await client.command(command);
    }

    expect(withoutTimes(receivedBy(client))).toBe(withoutTimes(receivedBy(direct)));
  });

  it('delivers a FETCH of many messages whose bodies look like the protocol', async () => {
    const body =
      'a1 OK done\r\n* BYE\r\n+ go\r\n)\r\n{99999}\r\n* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE\r\nt5 OK x\r\n';
    const client = await logIn(proxy.port, user);
    const bodies = Array.from(
      { length: 50 },
      (_, index) => `Subject: ${index}\r\n\r\n${body.repeat(index + 1)}`,
    );
    for (const text of bodies) await client.command(`APPEND INBOX {${text.length}+}\r\n${text}`);
    await client.command('SELECT INBOX');

    const { untagged } = await client.command('FETCH 2:* BODY.PEEK[]');

    expect(untagged).toEqual(
      bodies.map((text, at) => `* ${at + 2} FETCH (BODY[] {${text.length}}\r\n${text})`),
    );
    await client.logout();
    await proxy.settled();
    await visit(proxy.port, user);
    expect(await dovecot.loginCount(user)).toBe(1);
  });
});

/** Two mailboxes are made at two times: their validity differs, and what the server measured. */
function withoutTimes(received: string): string {
  return received
    .replace(/\(\d+\.\d+ \+ \d+\.\d+( \+ \d+\.\d+)? secs\)/g, '(secs)')
    .replace(/(UIDVALIDITY|APPENDUID) \d+/g, '$1 n')
    .replace(/^\* OK \[CAPABILITY .*/, '')
    .replace(/ (COMPRESS=DEFLATE|LOGIN-REFERRALS)/g, '');
}
