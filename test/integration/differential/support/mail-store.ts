import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from '../../../support/at-exit.ts';
import { isPrivileged, mailOwner } from '../../../support/dovecot-config.ts';
import { ImapClient } from '../../../support/imap-client.ts';

/** Everybody's. */
export const PASSWORD = 'secret';

const TEMPLATE = 'template';

/** In memory where there is such a place: a play makes some thirty files, on a disk in many times the time of the rest. */
const ROOT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** What is in the mailboxes at the start of a play, in the order of the UIDs. */
const MAIL: Readonly<Record<string, readonly string[]>> = {
  INBOX: [
    'From: a@example.org\r\nTo: b@example.org\r\nSubject: one\r\nMessage-ID: <1@x>\r\n\r\nfirst\r\n',
    'From: a@example.org\r\nSubject: Re: one\r\nIn-Reply-To: <1@x>\r\nReferences: <1@x>\r\n\r\nsecond\r\n',
    'From: "A, B" <c@example.org>\r\nSubject: =?utf-8?q?gr=C3=BC=C3=9Fe?=\r\nDate: Sat, 1 Jan 2022 10:00:00 +0000\r\n\r\nthird\r\n',
    'Subject: quotes " and \\ and 8-bit \xfc\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPHA+aGVsbG88L3A+\r\n--b--\r\n',
    'Subject: looks like protocol\r\n\r\na3 OK done\r\n* BYE\r\n+ go\r\n* 1 EXPUNGE\r\n{99}\r\n)\r\n* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE\r\n',
    `Subject: larger\r\n\r\n${`${'0123456789abcdef'.repeat(4)}\r\n`.repeat(100)}`,
    'Subject: deleted\r\n\r\nto be expunged\r\n',
    'Subject: new\r\n\r\nrecent\r\n',
  ],
  Archive: [
    'From: z@example.org\r\nSubject: old\r\n\r\nolder\r\n',
    'From: y@example.org\r\nSubject: older\r\n\r\noldest\r\n',
  ],
  'Archive/2021': [],
  'Entw&APw-rfe': ['Subject: draft\r\n\r\n'],
};

const FLAGS: readonly string[] = [
  '\\Seen',
  '\\Answered \\Seen',
  '',
  '$Label',
  '\\Flagged',
  '',
  '\\Deleted',
  '',
];

/** How many messages of INBOX were seen by a session before the play. */
const KNOWN = 6;

/**
 * The mail of all players, below one directory: made once by the server, then copied for each, so that every play
 * begins with the same octets on the disk.
 */
export class MailStore {
  readonly #path = mkdtempSync(join(ROOT, 'imapproxyd-players-'));
  readonly #cancelAtExit = atExit(() => this.#delete());
  #files: readonly { readonly path: string; readonly octets: Buffer | undefined }[] = [];
  #uidValidities: ReadonlySet<string> = new Set();

  constructor() {
    this.#own(this.#path);
    chmodSync(this.#path, 0o755);
  }

  /** Where Dovecot shall look for the mail: its `%u` is the name of a player. */
  get location(): string {
    return `${this.#path}/%u`;
  }

  get uidValidities(): ReadonlySet<string> {
    return this.#uidValidities;
  }

  /** Fills the mailboxes that are copied, through the server on `port`. */
  async fill(port: number): Promise<void> {
    const client = await ImapClient.login(port, TEMPLATE, PASSWORD);
    const uidValidities: string[] = [];
    for (const [mailbox, messages] of Object.entries(MAIL)) {
      if (mailbox !== 'INBOX') await client.command(`CREATE ${mailbox}`);
      await append(client, mailbox, messages, 0, KNOWN);
      await accustom(client, mailbox, messages.length === 0);
      await append(client, mailbox, messages, KNOWN, messages.length);
      const { untagged } = await client.command(`STATUS ${mailbox} (UIDVALIDITY)`);
      uidValidities.push(/UIDVALIDITY (\d+)/.exec(untagged[0] ?? '')?.[1] ?? '');
    }
    for (const mailbox of ['INBOX', 'Archive', 'gone']) await client.command(`SUBSCRIBE ${mailbox}`);
    await client.logout();
    this.#uidValidities = new Set(uidValidities);
    this.#files = this.#read(TEMPLATE);
  }

  /** Gives `user` the mail to begin with. */
  give(user: string): void {
    for (const { path, octets } of this.#files) {
      const target = join(this.#path, user, path);
      if (octets === undefined) mkdirSync(target);
      else writeFileSync(target, octets);
      this.#own(target);
    }
  }

  take(user: string): void {
    rmSync(join(this.#path, user), { recursive: true, force: true, maxRetries: 10 });
  }

  remove(): void {
    this.#cancelAtExit();
    this.#delete();
  }

  #read(user: string): { path: string; octets: Buffer | undefined }[] {
    const root = join(this.#path, user);
    const paths = ['', ...readdirSync(root, { recursive: true, encoding: 'utf8' }).sort()];
    return paths.map((path) => {
      const source = join(root, path);
      return { path, octets: statSync(source).isDirectory() ? undefined : readFileSync(source) };
    });
  }

  #delete(): void {
    rmSync(this.#path, { recursive: true, force: true, maxRetries: 10 });
  }

  #own(path: string): void {
    if (isPrivileged) chownSync(path, mailOwner.uid, mailOwner.gid);
  }
}

async function append(
  client: ImapClient,
  mailbox: string,
  messages: readonly string[],
  from: number,
  to: number,
): Promise<void> {
  for (const [index, message] of messages.slice(from, to).entries()) {
    const date = `"0${from + index + 1}-Jan-2022 10:00:00 +0000"`;
    const flags = mailbox === 'INBOX' ? FLAGS[from + index] : '';
    await client.command(`APPEND ${mailbox} (${flags}) ${date} {${message.length}+}\r\n${message}`);
  }
}

/**
 * Lets the mailbox know the keywords of the scripts and count its changes. A process of Dovecot remembers until it ends
 * what it has learned of either, even if nothing was saved in the end; so its age would show.
 */
async function accustom(client: ImapClient, mailbox: string, isEmpty: boolean): Promise<void> {
  if (isEmpty) await client.command(`APPEND ${mailbox} {2+}\r\nhi`);
  await client.command(`SELECT ${mailbox} (CONDSTORE)`);
  await client.command('STORE 1 +FLAGS.SILENT ($Label $own)');
  await client.command('STORE 1 -FLAGS.SILENT ($Label $own)');
  if (isEmpty) await client.command('STORE 1 +FLAGS.SILENT (\\Deleted)');
  if (isEmpty) await client.command('EXPUNGE');
  await client.command('UNSELECT');
}
