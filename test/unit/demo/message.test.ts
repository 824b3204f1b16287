import { describe, expect, it } from 'vitest';
import { Arguments } from '../../../demo/imap-server/arguments.ts';
import { bodyStructure } from '../../../demo/imap-server/message/body-structure.ts';
import { envelope } from '../../../demo/imap-server/message/envelope.ts';
import { parsePart } from '../../../demo/imap-server/message/part.ts';
import { readSection, sectionOctets } from '../../../demo/imap-server/message/section.ts';

const MESSAGE = parsePart(
  [
    'From: "Doe, Jane" <jane@example.com>',
    'To: a@example.org, Bob <b@example.org>',
    'Subject: two',
    ' lines',
    'Content-Type: multipart/mixed; boundary="b-1"',
    '',
    'preamble',
    '--b-1',
    '',
    'text',
    '--b-1',
    'Content-Type: message/rfc822',
    '',
    'Subject: inner',
    'Content-Type: multipart/alternative; boundary=b-2',
    '',
    '--b-2',
    'Content-Type: text/html; charset=utf-8',
    '',
    '<p>',
    '--b-2--',
    '--b-1--',
    '',
  ].join('\r\n'),
);

const INNER = 'Subject: inner\r\nContent-Type: multipart/alternative; boundary=b-2\r\n\r\n';

function section(text: string): string | undefined {
  return sectionOctets(MESSAGE, readSection(new Arguments(`${text}]`)));
}

describe('sectionOctets', () => {
  it.each([
    ['1', 'text'],
    ['1.MIME', '\r\n'],
    ['2.HEADER', INNER],
    ['2.TEXT', '--b-2\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>\r\n--b-2--'],
    ['2.1', '<p>'],
    ['2.1.MIME', 'Content-Type: text/html; charset=utf-8\r\n\r\n'],
    ['HEADER.FIELDS (subject X-NONE)', 'Subject: two\r\n lines\r\n\r\n'],
    ['2.HEADER.FIELDS.NOT (Content-Type)', 'Subject: inner\r\n\r\n'],
    ['', MESSAGE.header + MESSAGE.body],
    ['TEXT', MESSAGE.body],
  ])('finds BODY[%s]', (text, expected) => {
    expect(section(text)).toBe(expected);
  });

  it.each(['3', '0', '1.1', '1.HEADER', '2.2', '2.1.1'])('finds nothing in BODY[%s]', (text) => {
    expect(section(text)).toBeUndefined();
  });

  it('takes the body of a message without parts for part 1, and for no other', () => {
    const plain = parsePart('Subject: x\r\n\r\nbody\r\n');
    expect(sectionOctets(plain, readSection(new Arguments('1]')))).toBe('body\r\n');
    expect(sectionOctets(plain, readSection(new Arguments('2]')))).toBeUndefined();
  });

  it.each(['HEADER', '1', 'HEADER.FIELDS ]', 'MIME]', 'X]'])('refuses the section %s', (text) => {
    expect(() => readSection(new Arguments(text))).toThrow();
  });
});

describe('envelope', () => {
  it('takes addresses apart, unfolds, and repeats From for Sender and Reply-To', () => {
    const jane = '(("Doe, Jane" NIL "jane" "example.com"))';
    const to = '((NIL NIL "a" "example.org")("Bob" NIL "b" "example.org"))';
    expect(envelope(MESSAGE.fields)).toBe(`(NIL "two lines" ${jane} ${jane} ${jane} ${to} NIL NIL NIL NIL)`);
  });
});

describe('bodyStructure', () => {
  it('describes nested parts with type, size and lines', () => {
    const html = '("TEXT" "HTML" ("CHARSET" "utf-8") NIL NIL "7BIT" 3 0)';
    const inner = `(NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL) (${html} "ALTERNATIVE") 7`;
    const size = MESSAGE.children[1]?.body.length;
    expect(bodyStructure(MESSAGE, false)).toBe(
      `(("TEXT" "PLAIN" ("CHARSET" "us-ascii") NIL NIL "7BIT" 4 0)` +
        `("MESSAGE" "RFC822" NIL NIL NIL "7BIT" ${size} ${inner}) "MIXED")`,
    );
  });

  it('survives parts nested deeper than anybody would', () => {
    const nested = 'Content-Type: message/rfc822\r\n\r\n'.repeat(500);
    expect(bodyStructure(parsePart(nested), true)).toContain('"MESSAGE" "RFC822"');
  });
});
