import { passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';

/** A number from 0 to below 1, as `Math.random`, but the same ones again for the same seed (mulberry32). */
export type Random = () => number;

export function seededRandom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Act = (client: ImapClient, user: string) => Promise<unknown>;

const ACTS: readonly Act[] = [
  (client) => client.command('NOOP'),
  (client) => client.command('SELECT INBOX'),
  (client) => client.command('STATUS INBOX (MESSAGES UNSEEN)'),
  fetchOwnMail,
  (client, user) => client.command(`APPEND INBOX {${user.length + 4}+}\r\n${user}\r\n\r\n`),
  (client) => client.command('IDLE', 'DONE\r\n'),
  (client) => client.command('ENABLE QRESYNC'),
  (client) => client.command('XYZZY'),
];

/** Things that are begun, to be left half done. */
const BEGINNINGS: readonly string[] = [
  'z1 IDLE\r\n',
  'z1 APPEND INBOX {40+}\r\nSubject: ',
  'z1 APPEND INBOX {40}\r\n',
  'z1 SELECT INBOX\r\nz2 FETCH 1:* BODY.PEEK[]\r\n',
  'z1 SEARCH TEXT nothing',
  'z1 LOGOUT\r\nz2 NOOP\r\n',
  'z1 NOOP\r\n',
];

const DEATHS: readonly ((client: ImapClient) => void)[] = [
  (client) => client.close(),
  (client) => client.reset(),
  (client) => client.halfClose(),
];

/** One session of `user`: a login, a few commands, and an end, which is often an abrupt one. */
export async function randomSession(port: number, user: string, random: Random): Promise<void> {
  using client = await ImapClient.connect(port, { deadlineMs: 30_000 });
  if (random() < 0.1) {
    await client.send(`z1 LOGIN ${user} {20}\r\n`);
    pick(DEATHS, random)(client);
    return;
  }
  await client.readGreeting();
  if (random() < 0.1) {
    await client.send(`z1 LOGIN ${user} ${passwordOf(user)}\r\n`);
    pick(DEATHS, random)(client);
    return;
  }
  await client.login(user, passwordOf(user));
  for (let acts = Math.floor(random() * 4); acts > 0; acts -= 1) await pick(ACTS, random)(client, user);
  if (random() < 0.4) {
    await client.logout();
    return;
  }
  if (random() < 0.7) await client.send(pick(BEGINNINGS, random));
  pick(DEATHS, random)(client);
}

/** Each message begins with the name of its user. @throws Error when somebody else's comes. */
async function fetchOwnMail(client: ImapClient, user: string): Promise<void> {
  const { untagged } = await client.command('FETCH 1:* BODY.PEEK[]');
  const foreign = untagged.filter((line) => line.includes('BODY[]') && !line.includes(`\r\n${user}\r\n`));
  if (foreign.length > 0) throw new Error(`${user} was shown the mail of somebody else: ${foreign[0]}`);
}

function pick<T>(choices: readonly T[], random: Random): T {
  const choice = choices[Math.floor(random() * choices.length)];
  if (choice === undefined) throw new Error('There is nothing to pick from');
  return choice;
}
