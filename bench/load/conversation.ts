import type { ImapConnection } from './imap-connection.ts';

/** A step with a literal or a continuation: what to send when the server asks for more. */
export interface Step {
  /** `USER` and `PASS` stand for the credentials, `PLAIN` for the SASL message of both (RFC 4616). */
  readonly send: string;
  readonly more?: string;
  /** What the client sends instead where AUTH=PLAIN was not announced. */
  readonly withoutPlain?: string;
}

/** What a mail client says between the greeting and the end of a page view or a request. */
export type Conversation = readonly Step[];

const LIST_HEADERS = 'DATE FROM TO SUBJECT CONTENT-TYPE IMPORTANCE';

/** As recorded from real clients (Roundcube 1.6.5, ImapFlow 2.10.2, SquirrelMail), tags and headers apart. */
export const CONVERSATIONS = {
  /** The page view of a webmail in PHP (SquirrelMail's message list), with the question for capabilities. */
  'page view': [
    { send: 'CAPABILITY' },
    { send: 'LOGIN USER PASS' },
    { send: 'SELECT INBOX' },
    { send: `FETCH 1:15 (FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (${LIST_HEADERS})])` },
    { send: 'LOGOUT' },
  ],
  /** Roundcube's list request (AJAX), the mailbox already known. */
  'Roundcube list': [
    { send: 'AUTHENTICATE PLAIN PLAIN', withoutPlain: 'LOGIN USER PASS' },
    { send: 'STATUS INBOX (MESSAGES UNSEEN)' },
    { send: 'SELECT INBOX' },
    { send: 'UID SEARCH 15' },
    { send: 'UID SEARCH ALL' },
    {
      send: `UID FETCH 1:15 (UID RFC822.SIZE FLAGS INTERNALDATE BODY.PEEK[HEADER.FIELDS (${LIST_HEADERS})])`,
    },
    { send: 'LOGOUT' },
  ],
  /** ImapFlow (EmailEngine, mail tools of AI agents): log in, open the mailbox, fetch one message. */
  'ImapFlow fetch': [
    { send: 'ID ("name" "imapflow" "version" "2.10.2")' },
    { send: 'AUTHENTICATE PLAIN', more: 'PLAIN\r\n', withoutPlain: 'LOGIN USER PASS' },
    { send: 'ID ("name" "imapflow" "version" "2.10.2")' },
    { send: 'NAMESPACE' },
    { send: 'ENABLE CONDSTORE' },
    { send: 'LIST "" "INBOX" RETURN (SPECIAL-USE SUBSCRIBED)' },
    { send: 'LSUB "" "INBOX"' },
    { send: 'SELECT INBOX' },
    { send: 'FETCH 15 (ENVELOPE BODY.PEEK[] MODSEQ UID)' },
    { send: 'LOGOUT' },
  ],
  /** SquirrelMail's message list, capabilities known. */
  'SquirrelMail list': [
    { send: 'LOGIN USER PASS' },
    { send: 'SELECT "INBOX"' },
    { send: 'UID SEARCH ALL' },
    { send: `UID FETCH 1:15 (INTERNALDATE FLAGS BODY.PEEK[HEADER.FIELDS (${LIST_HEADERS})])` },
    { send: 'LOGOUT' },
  ],
} as const satisfies Record<string, Conversation>;

export type ConversationName = keyof typeof CONVERSATIONS;

/** Steps that log a user in, for which the time is kept apart. */
export function isLogin({ send }: Step): boolean {
  return send.startsWith('LOGIN ') || send.startsWith('AUTHENTICATE ');
}

/** The password of every user of the bench. */
export function passwordOf(user: string): string {
  return `${user}-secret`;
}

/** A conversation with one user's credentials filled in: made before the clock runs. */
export function conversationOf(name: ConversationName, user: string): Conversation {
  const password = passwordOf(user);
  const plain = Buffer.from(`\0${user}\0${password}`).toString('base64');
  const fill = (text: string): string =>
    text
      .replace('USER', user)
      .replace('PASS', password)
      .replace(/(?<=^| )PLAIN(?=\r\n$)/, plain)
      .replace('PLAIN PLAIN', `PLAIN ${plain}`);
  const steps: Conversation = CONVERSATIONS[name];
  return steps.map(({ send, more, withoutPlain }) => ({
    send: fill(send),
    ...(more !== undefined && { more: fill(more) }),
    ...(withoutPlain !== undefined && { withoutPlain: fill(withoutPlain) }),
  }));
}

/** Says one step and waits for its answer. @throws Error when that is not OK. */
export async function say(connection: ImapConnection, { send, more, withoutPlain }: Step): Promise<void> {
  if (withoutPlain !== undefined && !connection.greetingLine.includes('AUTH=PLAIN')) {
    await connection.command(withoutPlain);
  } else if (more !== undefined) {
    await connection.commandWith(send, [more]);
  } else {
    await connection.command(send);
  }
}
