import { passwordOf } from '../../support/dovecot.ts';
import { ImapClient, quote, type Reply } from '../../support/imap-client.ts';
import type { Random } from './random-sessions.ts';

/** Whose clients read the answer to every login, so that they can count. */
export const WATCHED_USERS: readonly string[] = Array.from({ length: 8 }, (_, index) => `user${index + 1}`);

/**
 * Whose clients vanish behind a whole LOGIN: what became of it, only the server and the proxy's log can tell. They
 * are many, so that both happens often: a connection is parked, or one has to be made for nobody.
 */
export const VANISHING_USERS: readonly string[] = Array.from(
  { length: 30 },
  (_, index) => `lost${index + 1}`,
);

/** What the clients have seen. */
export class Tally {
  connections = 0;
  /** The user of each login that was answered OK, and of each that was answered NO. */
  readonly logins: string[] = [];
  readonly refusals: string[] = [];

  note(user: string, { status, tagged }: Reply): void {
    if (status !== 'OK' && status !== 'NO') throw new Error(`Cannot count the answer ${tagged}`);
    const answers = status === 'OK' ? this.logins : this.refusals;
    answers.push(user);
  }
}

/** A connected client, and all that its session needs. */
interface Visit {
  readonly client: ImapClient;
  readonly user: string;
  readonly tally: Tally;
  readonly random: Random;
}

type Part = (visit: Visit) => Promise<unknown>;

const WHOLE_SESSIONS: readonly Part[] = [
  pageView,
  pageView,
  pageView,
  work,
  work,
  work,
  leaveBehindLogin,
  leaveBeforeLogin,
  mistypePassword,
];

/** How many of all sessions vanish behind their LOGIN. */
const VANISHING_SHARE = 0.1;

/** Plays one session, whose client often leaves without a word; what it has seen goes into `tally`. */
export async function countedSession(port: number, tally: Tally, random: Random): Promise<void> {
  const isVanishing = random() < VANISHING_SHARE;
  const user = pick(isVanishing ? VANISHING_USERS : WATCHED_USERS, random);
  using client = await ImapClient.connect(port, { deadlineMs: 30_000 });
  tally.connections += 1;
  await (isVanishing ? vanish : pick(WHOLE_SESSIONS, random))({ client, user, tally, random });
}

async function pageView({ client, user, tally, random }: Visit): Promise<void> {
  await client.readGreeting();
  await client.command('CAPABILITY');
  await logIn({ client, user, tally, random });
  await client.command('SELECT INBOX');
  await client.command('FETCH 1:* (FLAGS BODY.PEEK[HEADER])');
  await client.logout();
}

const MESSAGE = 'Subject: a\r\n\r\n';

const ACTS: readonly Part[] = [
  ({ client }) => client.command('NOOP'),
  ({ client }) => client.command('SELECT INBOX'),
  ({ client }) => client.command('SELECT INBOX (CONDSTORE)'),
  ({ client }) => client.command(`APPEND INBOX {${MESSAGE.length}}`, `${MESSAGE}\r\n`),
  ({ client }) => client.command(`APPEND INBOX {${MESSAGE.length}+}\r\n${MESSAGE}`),
  ({ client }) => client.command('IDLE', 'DONE\r\n'),
  ({ client }) => client.command('ENABLE QRESYNC'),
  ({ client }) => client.command('XYZZY'),
];

/** What is begun and left half done behind a login. */
const LAST_WORDS: readonly string[] = [
  '',
  'z1 NOOP\r\n',
  'z1 ENABLE QRESYNC\r\n',
  'z1 XYZZY\r\n',
  'z1 IDLE\r\n',
  'z1 SELECT INBOX\r\nz2 FETCH 1:* BODY.PEEK[]\r\n',
  'z1 APPEND INBOX {40}\r\n',
  'z1 APPEND INBOX {40+}\r\nSubject: ',
  'z1 SEARCH TEXT nothi',
  'z1 LOGOUT\r\n',
];

async function work(visit: Visit): Promise<void> {
  const { client, random } = visit;
  await client.readGreeting();
  await logIn(visit);
  for (let acts = Math.floor(random() * 4); acts > 0; acts -= 1) await pick(ACTS, random)(visit);
  await client.send(pick(LAST_WORDS, random));
  await pick(DEATHS, random)(visit);
}

/** Sends everything at once, closes one direction, and reads what comes. */
async function leaveBehindLogin({ client, user, tally, random }: Visit): Promise<void> {
  const password = pick([passwordOf(user), passwordOf(user), 'wrong'], random);
  await client.send(`a1 LOGIN ${quote(user)} ${quote(password)}\r\n${pick(LAST_WORDS, random)}`);
  client.halfClose();
  tally.note(user, await client.readReply('a1'));
  await client.readToEnd();
}

/** None of it is a whole login. */
const FIRST_WORDS: readonly string[] = [
  '',
  'a1 CAPABILITY\r\n',
  'a1 LOGIN\r\n',
  'a1 X\r\na2 Y\r\na3 Z\r\n',
  'a1 LOGOUT\r\n',
  'a1 LOGIN user1 user1-sec',
  'a1 LOGIN user1 {12}\r\n',
  'a1 LOGIN user1 {12}\r\nuser1-sec',
  'a1 LOGIN user1 {12+}\r\nuser1-secret',
  'a1 AUTHENTICATE PLAIN\r\n',
];

async function leaveBeforeLogin(visit: Visit): Promise<void> {
  const { client, random } = visit;
  if (random() < 0.5) await client.readGreeting();
  await client.send(pick(FIRST_WORDS, random));
  await pick(DEATHS, random)(visit);
}

async function mistypePassword(visit: Visit): Promise<void> {
  const { client, user, tally, random } = visit;
  await client.readGreeting();
  tally.note(user, await pick(LOGIN_FORMS, random)(client, user, 'wrong'));
  if (random() < 0.5) {
    await logIn(visit);
    await client.command('NOOP');
  }
  await pick(DEATHS, random)(visit);
}

async function vanish({ client, user, random }: Visit): Promise<void> {
  await client.readGreeting();
  await client.send(`a1 LOGIN ${user} ${random() < 0.8 ? passwordOf(user) : 'wrong'}\r\n`);
  if (random() < 0.5) client.close();
  else client.reset();
}

const DEATHS: readonly Part[] = [
  async ({ client }) => client.close(),
  async ({ client }) => client.reset(),
  async ({ client }) => {
    client.halfClose();
    await client.readToEnd();
  },
];

const LOGIN_FORMS: readonly ((client: ImapClient, user: string, password: string) => Promise<Reply>)[] = [
  (client, user, password) => client.command(`LOGIN ${quote(user)} ${quote(password)}`),
  (client, user, password) => client.command(`LOGIN ${user} {${password.length}}`, `${password}\r\n`),
  (client, user, password) => {
    const message = Buffer.from(`\0${user}\0${password}`).toString('base64');
    return client.command(`AUTHENTICATE PLAIN ${message}`);
  },
];

/** @throws Error when it is refused. */
async function logIn({ client, user, tally, random }: Visit): Promise<void> {
  const reply = await pick(LOGIN_FORMS, random)(client, user, passwordOf(user));
  tally.note(user, reply);
  if (reply.status !== 'OK') throw new Error(`Cannot log in as ${user}: ${reply.tagged}`);
}

function pick<T>(choices: readonly T[], random: Random): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new Error('There is nothing to pick from');
  return choice;
}
