import { type Dovecot, passwordOf } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { messageDigest } from './client.ts';

/** Mail that has tempted parsers: octets outside ASCII, lines that look like responses, size, no body at all. */
const MESSAGES: readonly Buffer[] = [
  'From: a@example.org\r\nSubject: plain\r\n\r\nhello\r\n',
  'From: "b {3}" <b@example.org>\r\nSubject: like a literal {3}\r\n\r\n* BYE\r\na1 OK done\r\n+ go\r\n{99}\r\n',
  'From: c@example.org\r\nSubject: octets\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xe9\xff\xa0\r\n',
  `From: d@example.org\r\nSubject: large\r\n\r\n${'0123456789abcdef'.repeat(4).concat('\r\n').repeat(4_000)}`,
  'From: e@example.org\r\nSubject: no body\r\n\r\n',
].map((text) => Buffer.from(text, 'latin1'));

/** Gives an empty account an INBOX with mail and the folders `Archive` and `Sent Items`. */
export async function fillAccount(dovecot: Dovecot, user: string): Promise<void> {
  for (const message of MESSAGES) await dovecot.deliver(user, message);
  const client = await ImapClient.login(dovecot.port, user, passwordOf(user));
  await client.command('CREATE Archive');
  await client.command('CREATE "Sent Items"');
  await client.logout();
}

/** All that the server holds of an account, asked without the proxy: folder, flags and digest of each message. */
export async function storedMail(dovecot: Dovecot, user: string): Promise<string[]> {
  const client = await ImapClient.login(dovecot.port, user, passwordOf(user));
  const stored: string[] = [];
  for (const response of (await client.command('LIST "" *')).untagged) {
    const [, mailbox = ''] = /^\* LIST \(.*?\) "." (.*)$/.exec(response) ?? [];
    await client.command(`EXAMINE ${mailbox}`);
    const { untagged } = await client.command('FETCH 1:* (FLAGS BODY.PEEK[])');
    for (const fetched of untagged) {
      const [, flags = '', message = ''] = /FLAGS \((.*?)\) BODY\[\] \{\d+\}\r\n(.*)\)$/s.exec(fetched) ?? [];
      stored.push(`${mailbox} [${flags}] ${messageDigest(Buffer.from(message, 'latin1'))}`);
    }
  }
  await client.logout();
  return stored.sort();
}
