import { ImapClient } from './imap-client.ts';
import type { Person } from './people.ts';
import { addressOf } from './sample-mail.ts';

/** What a page view consists of, in order; `page` is all of it. */
export const STEPS = ['connect', 'login', 'select', 'fetch', 'logout', 'page'] as const;

export type Step = (typeof STEPS)[number];

/** How long each step took, in ms. */
export type PageView = Readonly<Record<Step, number>>;

const LIST_HEADERS = 'DATE FROM TO CC SUBJECT REPLY-TO CONTENT-TYPE X-PRIORITY';

/**
 * Shows one page as a PHP webmail does: it keeps nothing between pages, so each one connects, logs in,
 * lists the inbox and logs out again. The commands are Roundcube's.
 *
 * @throws Error when the server refuses something or the page shows another user's mail.
 */
export async function viewPage(port: number, person: Person): Promise<PageView> {
  const begin = performance.now();
  const client = await ImapClient.connect(port);
  try {
    const marks = [begin];
    const greeting = await client.response();
    if (!greeting.startsWith('* OK')) throw new Error(`Cannot log in: the greeting was "${greeting}"`);
    marks.push(performance.now());
    await logIn(client, person, greeting);
    marks.push(performance.now());
    const selected = await client.command('SELECT INBOX');
    marks.push(performance.now());
    const messages = await client.command(
      `UID FETCH 1:* (UID RFC822.SIZE FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (${LIST_HEADERS})])`,
    );
    marks.push(performance.now());
    await client.command('LOGOUT');
    marks.push(performance.now());
    checkPage(person, selected, messages);
    return toPageView(marks);
  } finally {
    client.close();
  }
}

/** With the initial response where the server offers SASL-IR, else when it asks for it. */
async function logIn(client: ImapClient, { name, password }: Person, greeting: string): Promise<void> {
  const response = Buffer.from(`\0${name}\0${password}`).toString('base64');
  if (/\bSASL-IR\b/.test(greeting)) await client.command(`AUTHENTICATE PLAIN ${response}`);
  else await client.command('AUTHENTICATE PLAIN', response);
}

/** Speed would be worth nothing if a page could show somebody else's mail. */
function checkPage(person: Person, selected: readonly string[], messages: readonly string[]): void {
  const exists = selected.find((response) => response.endsWith(' EXISTS'));
  const shown = messages.filter((response) => /^\* \d+ FETCH /.test(response));
  if (exists !== `* ${shown.length} EXISTS`)
    throw new Error(`Cannot show the page of ${person.name}: mail is missing`);
  const own = `To: ${addressOf(person)}\r\n`;
  if (shown.length > 0 && shown.every((response) => response.includes(own))) return;
  throw new Error(`Cannot show the page of ${person.name}: it holds mail of somebody else`);
}

function toPageView(marks: readonly number[]): PageView {
  const between = (from: number, to: number) => (marks[to] ?? Number.NaN) - (marks[from] ?? Number.NaN);
  return {
    connect: between(0, 1),
    login: between(1, 2),
    select: between(2, 3),
    fetch: between(3, 4),
    logout: between(4, 5),
    page: between(0, 5),
  };
}
