import type { NewMessage } from './imap-server/mailbox.ts';
import type { Person } from './people.ts';
import { TOPICS, type Topic } from './sample-topics.ts';

const INBOX_MESSAGES = 48;
const SENT_MESSAGES = 6;
const FIRST_DELIVERY = Date.UTC(2026, 1, 2, 7, 30);
const BETWEEN_DELIVERIES_MS = (7 * 60 + 13) * 60_000;
const NEWEST_UNREAD = 5;

/** The same inbox for the same person on every run: plain, HTML and attachment mails, the newest unread. */
export function sampleInbox(person: Person): NewMessage[] {
  return Array.from({ length: INBOX_MESSAGES }, (_, index) => {
    const topic = topicAt(index);
    const flags = index < INBOX_MESSAGES - NEWEST_UNREAD ? ['\\Seen'] : [];
    return message(index, topic, topic.from, addressOf(person), flags);
  });
}

/** A few mails that the person has written. */
export function sampleSent(person: Person): NewMessage[] {
  return Array.from({ length: SENT_MESSAGES }, (_, index) => {
    const topic = topicAt(index);
    return message(index, topic, addressOf(person), topic.from, ['\\Seen']);
  });
}

/** `Anna Lindqvist <anna@example.org>`: what the webmail expects to find in the To field. */
export function addressOf({ name, fullName }: Person): string {
  return `${fullName} <${name}@example.org>`;
}

function topicAt(index: number): Topic {
  const topic = TOPICS[index % TOPICS.length];
  if (topic === undefined) throw new Error('Cannot make sample mail: there are no topics');
  return topic;
}

function message(index: number, topic: Topic, from: string, to: string, flags: string[]): NewMessage {
  const internalDate = new Date(FIRST_DELIVERY + index * BETWEEN_DELIVERIES_MS);
  const header = [
    `Received: from mx.example.org by mail.example.org; ${rfc5322Date(internalDate)}`,
    `Date: ${rfc5322Date(internalDate)}`,
    `From: ${from}`,
    `To: ${to}`,
    `Subject: ${topic.subject}`,
    `Message-ID: <${index}.${internalDate.getTime()}@example.org>`,
    'MIME-Version: 1.0',
  ];
  return { octets: crlf([...header, ...body(topic, `=_part_${index}`)]), internalDate, flags };
}

function body(topic: Topic, boundary: string): string[] {
  const text = ['Content-Type: text/plain; charset=utf-8', '', ...topic.text];
  if (topic.attachment !== undefined) {
    return multipart('mixed', boundary, [text, attachment(topic.attachment)]);
  }
  if (topic.isHtml !== true) return text;
  const paragraphs = topic.text.map((line) => `<p>${line}</p>`);
  const html = [
    'Content-Type: text/html; charset=utf-8',
    '',
    '<html><body>',
    ...paragraphs,
    '</body></html>',
  ];
  return multipart('alternative', boundary, [text, html]);
}

function attachment({ name, type, content }: NonNullable<Topic['attachment']>): string[] {
  return [
    `Content-Type: ${type}; name="${name}"`,
    `Content-Disposition: attachment; filename="${name}"`,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(content).toString('base64'),
  ];
}

function multipart(subtype: string, boundary: string, parts: readonly string[][]): string[] {
  const header = [`Content-Type: multipart/${subtype}; boundary="${boundary}"`, ''];
  return [...header, ...parts.flatMap((part) => [`--${boundary}`, ...part]), `--${boundary}--`];
}

function rfc5322Date(date: Date): string {
  return date.toUTCString().replace('GMT', '+0000');
}

function crlf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\r\n`).join('');
}
