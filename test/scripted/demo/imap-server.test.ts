import { ImapFlow } from 'imapflow';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ImapServer } from '../../../demo/imap-server/imap-server.ts';
import type { Person } from '../../../demo/people.ts';
import { addressOf, sampleInbox } from '../../../demo/sample-mail.ts';
import { viewPage } from '../../../demo/webmail.ts';
import { ImapClient } from '../../support/imap-client.ts';

const ANNA: Person = { name: 'anna', fullName: 'Anna Example', password: 'p"w \\d' };
const BEN: Person = { name: 'ben', fullName: 'Ben Example', password: 'raincoat' };

const defects: unknown[] = [];
let server: ImapServer;

beforeAll(async () => {
  const accounts = [ANNA, BEN].map((person) => ({ ...person, inbox: sampleInbox(person), sent: [] }));
  const onDefect = (error: unknown) => defects.push(error);
  server = await ImapServer.start(accounts, { onLogin: () => undefined, onDefect });
});

afterAll(async () => {
  await server.stop();
  expect(defects).toEqual([]);
});

async function connect(): Promise<ImapClient> {
  const client = await ImapClient.connect(server.port);
  onTestFinished(() => client.close());
  return client;
}

async function logIn({ name, password }: Person): Promise<ImapClient> {
  const client = await connect();
  await client.readGreeting();
  await client.login(name, password);
  return client;
}

function plain(person: Person): string {
  return Buffer.from(`\0${person.name}\0${person.password}`).toString('base64');
}

describe('login', () => {
  let client: ImapClient;

  beforeEach(async () => {
    client = await connect();
    expect(await client.readGreeting()).toMatch(/^\* OK \[CAPABILITY IMAP4rev1 .*SASL-IR.*AUTH=PLAIN\]/);
  });

  it.each([
    ['LOGIN with atoms', 'LOGIN ben raincoat', []],
    ['LOGIN with quoted strings', 'LOGIN "anna" "p\\"w \\\\d"', []],
    ['LOGIN with literals', 'LOGIN {4}', ['anna {6}\r\n', 'p"w \\d\r\n']],
    ['LOGIN with non-synchronizing literals', 'LOGIN {4+}\r\nanna {6+}\r\np"w \\d', []],
    ['AUTHENTICATE PLAIN with initial response', `AUTHENTICATE PLAIN ${plain(ANNA)}`, []],
    ['AUTHENTICATE PLAIN without', 'authenticate plain', [`${plain(ANNA)}\r\n`]],
  ])('%s is answered with all capabilities and counted', async (_, command, continuations) => {
    const before = server.logins;
    const reply = await client.command(command, ...continuations);
    expect(reply.tagged).toMatch(/^OK \[CAPABILITY IMAP4rev1 .*UIDPLUS.*\] Logged in$/);
    expect(server.logins).toBe(before + 1);
  });

  it.each([
    ['a wrong password', 'LOGIN anna wrong', 'NO [AUTHENTICATIONFAILED]'],
    ['an unknown user', 'LOGIN nobody wrong', 'NO [AUTHENTICATIONFAILED]'],
    ['no password at all', 'LOGIN anna', 'BAD'],
    ['what is not base64', 'AUTHENTICATE PLAIN %%%%', 'BAD'],
    ['an unknown mechanism', 'AUTHENTICATE CRAM-MD5', 'NO'],
    ['another identity', `AUTHENTICATE PLAIN ${Buffer.from('ben\0anna\0p"w \\d').toString('base64')}`, 'NO'],
  ])('refuses %s and counts nothing', async (_, command, answer) => {
    const before = server.logins;
    const reply = await client.command(command);
    expect(reply.tagged.slice(0, answer.length)).toBe(answer);
    expect(server.logins).toBe(before);
  });

  it('lets nobody in who cancels', async () => {
    expect((await client.command('AUTHENTICATE PLAIN', '*\r\n')).status).toBe('BAD');
    expect((await client.command('SELECT INBOX')).tagged).toBe('BAD Log in first');
  });

  it('says BYE to a command that is too large', async () => {
    await client.send('a LOGIN {99999999}\r\n');
    expect(await client.readToEnd()).toMatch(/^\* BYE \[TOOBIG\]/);
  });
});

describe('mailboxes', () => {
  it('selects and fetches header fields of every message', async () => {
    const client = await logIn(ANNA);
    const selected = await client.command('SELECT inbox');
    expect(selected.untagged).toContain('* 48 EXISTS');
    const { untagged } = await client.command('UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (To)])');
    expect(untagged).toHaveLength(48);
    expect(untagged[2]).toBe(
      `* 3 FETCH (UID 3 FLAGS (\\Seen) BODY[HEADER.FIELDS (To)] {39}\r\nTo: ${addressOf(ANNA)}\r\n\r\n)`,
    );
  });

  it('returns an appended message octet for octet', async () => {
    const client = await logIn(BEN);
    const message = `Subject: octets\r\n\r\n${Buffer.from(Array.from({ length: 255 }, (_, at) => at + 1)).toString('latin1')}`;
    const appended = await client.command(
      `APPEND Drafts (\\Draft) " 2-Mar-2026 22:05:09 +0000" {${message.length}}`,
      `${message}\r\n`,
    );
    expect(appended.tagged).toMatch(/^OK \[APPENDUID \d+ 1\]/);
    await client.command('SELECT Drafts');
    const { untagged } = await client.command('FETCH 1 (FLAGS INTERNALDATE BODY.PEEK[])');
    expect(untagged).toEqual([
      `* 1 FETCH (FLAGS (\\Draft) INTERNALDATE " 2-Mar-2026 22:05:09 +0000" BODY[] {${message.length}}\r\n${message})`,
    ]);
  });

  it('marks a message seen when it is read, and not when it is peeked at or only examined', async () => {
    const client = await logIn(BEN);
    await client.command('EXAMINE INBOX');
    const examined = await client.command('FETCH 48 (FLAGS BODY[TEXT]<0.3>)');
    expect(examined.untagged).toEqual(['* 48 FETCH (FLAGS () BODY[TEXT]<0> {3}\r\n--=)']);
    await client.command('SELECT INBOX');
    await client.command('FETCH 48 BODY.PEEK[]');
    expect((await client.command('SEARCH UNSEEN 48')).untagged).toEqual(['* SEARCH 48']);
    expect((await client.command('FETCH 48 RFC822.TEXT')).untagged[0]).toContain('FLAGS (\\Seen)');
    expect((await client.command('SEARCH UNSEEN 48')).untagged).toEqual(['* SEARCH']);
  });

  it.each([
    ['ALL', 48],
    ['UID 3:5,7', 4],
    ['SUBJECT "nightly" NOT 2', 5],
    ['OR FROM priya FROM marta', 12],
    ['SINCE 3-Feb-2026 BEFORE 5-Feb-2026', 6],
    ['CHARSET UTF-8 TEXT {7+}\r\nSamstag', 6],
    ['(SMALLER 300 LARGER 400)', 0],
  ])('finds messages by %s', async (keys, expected) => {
    const client = await logIn(ANNA);
    await client.command('EXAMINE INBOX');
    const { untagged } = await client.command(`UID SEARCH ${keys}`);
    expect(untagged[0]?.split(' ').slice(2)).toHaveLength(expected);
  });

  it('tells an idling client what another one does', async () => {
    const [watcher, writer] = [await logIn(ANNA), await logIn(ANNA)];
    await watcher.command('SELECT Trash');
    const idle = watcher.nextTag();
    await watcher.send(`${idle} IDLE\r\n`);
    await watcher.readUntil(/^\+/);
    await writer.command('COPY 1 Trash');
    await writer.command('SELECT INBOX');
    expect((await writer.command('UID COPY 1:2 Trash')).tagged).toMatch(/^OK \[COPYUID \d+ 1,2 1,2\]/);
    expect(await watcher.readUntil(/2 EXISTS/)).toContain('* 1 EXISTS');
    await writer.command('SELECT Trash');
    await writer.command('STORE 1 +FLAGS.SILENT (\\Deleted)');
    await writer.command('CLOSE');
    expect(await watcher.readUntil(/EXPUNGE/)).toEqual([
      '* 1 FETCH (UID 1 FLAGS (\\Seen \\Deleted))',
      '* 1 EXPUNGE',
    ]);
    await watcher.send('DONE\r\n');
    expect((await watcher.readReply(idle)).status).toBe('OK');
  });

  it('answers what webmails ask after login', async () => {
    const client = await logIn(ANNA);
    expect((await client.command('NAMESPACE')).untagged).toEqual(['* NAMESPACE (("" "/")) NIL NIL']);
    expect((await client.command('ENABLE QRESYNC')).untagged).toEqual(['* ENABLED']);
    expect((await client.command('ID NIL')).untagged).toEqual(['* ID ("name" "imapproxyd demo server")']);
    expect((await client.command('LIST "" ""')).untagged).toEqual(['* LIST (\\Noselect) "/" ""']);
    expect((await client.command('LSUB "" "%"')).untagged).toContain(
      '* LSUB (\\HasNoChildren \\Sent) "/" "Sent"',
    );
    expect((await client.command('STATUS Sent (MESSAGES UIDNEXT)')).untagged).toEqual([
      '* STATUS "Sent" (MESSAGES 0 UIDNEXT 1)',
    ]);
    expect((await client.command('SELECT None')).tagged).toBe('NO [NONEXISTENT] No such mailbox');
    expect((await client.command('UNSELECT')).tagged).toBe('BAD Select a mailbox first');
    expect((await client.logout()).untagged).toEqual(['* BYE Until next time']);
  });
});

it('serves ImapFlow: list, search, download, move', async () => {
  const auth = { user: BEN.name, pass: BEN.password };
  const client = new ImapFlow({ host: '127.0.0.1', port: server.port, secure: false, auth, logger: false });
  onTestFinished(() => client.close());
  await client.connect();
  expect((await client.list()).map(({ path }) => path)).toEqual(['INBOX', 'Sent', 'Drafts', 'Trash']);
  await client.mailboxOpen('INBOX');
  expect(await client.search({ subject: 'Figures', before: '2026-02-05' })).toEqual([5]);
  expect((await client.download('5', '2')).meta).toMatchObject({
    contentType: 'text/csv',
    filename: 'figures.csv',
  });
  expect(await client.messageMove('5', 'Trash')).toMatchObject({ uidMap: new Map([[5, 1]]) });
  expect(await client.status('Trash', { messages: true })).toMatchObject({ messages: 1 });
  await client.logout();
});

describe('webmail', () => {
  it('shows pages to many users at once, each with their own mail', async () => {
    const before = server.logins;
    const views = await Promise.all([ANNA, BEN, ANNA, BEN].map((person) => viewPage(server.port, person)));
    expect(views).toHaveLength(4);
    expect(server.logins).toBe(before + 4);
    for (const { connect: greeted, login, select, fetch, logout, page } of views) {
      expect(greeted + login + select + fetch + logout).toBeCloseTo(page);
    }
  });

  it('refuses to show a page with mail of somebody else', async () => {
    const impostor = { ...ANNA, fullName: 'Somebody Else' };
    await expect(viewPage(server.port, impostor)).rejects.toThrow('it holds mail of somebody else');
  });

  it('says what the server answered when it cannot log in', async () => {
    const stranger = { ...ANNA, password: 'wrong' };
    await expect(viewPage(server.port, stranger)).rejects.toThrow(
      'AUTHENTICATE was answered with "NO [AUTHENTICATIONFAILED] Wrong name or password"',
    );
  });
});
