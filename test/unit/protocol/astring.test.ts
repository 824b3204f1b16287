import { describe, expect, it } from 'vitest';
import { ArgumentReader, formatString, type Segment } from '../../../src/protocol/astring.ts';
import { LPAREN, RPAREN } from '../../../src/protocol/octets.ts';

const octetsOf = (text: string) => Buffer.from(text, 'latin1');

/** Text, literal, text, literal, ..., text. */
function readerOf(...parts: readonly string[]): ArgumentReader {
  const segments: Segment[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const literal = parts[at + 1];
    segments.push({
      text: octetsOf(parts[at] ?? ''),
      literal: literal === undefined ? undefined : octetsOf(literal),
    });
  }
  return new ArgumentReader(segments);
}

/** Every argument up to the end, or up to the first that is no string. */
function readAll(reader: ArgumentReader): readonly (string | undefined)[] {
  const seen: (string | undefined)[] = [];
  while (!reader.isAtEnd) {
    const octets = reader.readAString();
    seen.push(octets?.toString('latin1'));
    if (octets === undefined) break;
  }
  return seen;
}

describe('ArgumentReader', () => {
  it.each([
    ['atoms', ['user pass'], ['user', 'pass']],
    ['atoms between many spaces', ['  user   pass  '], ['user', 'pass']],
    [
      'an atom of signs that servers take',
      ["a%*\\]!#$&'+,-./:;<=>?@[^_`|}~"],
      ["a%*\\]!#$&'+,-./:;<=>?@[^_`|}~"],
    ],
    ['NIL, which is just a name here', ['NIL nil'], ['NIL', 'nil']],
    ['quoted strings', ['"user" "pass word"'], ['user', 'pass word']],
    ['empty quoted strings', ['"" ""'], ['', '']],
    ['escaped quotes and backslashes', ['"a\\"b\\\\c"'], ['a"b\\c']],
    ['a backslash before any other octet, as Dovecot does', ['"sec\\ret"'], ['secret']],
    ['a quoted string with signs of other forms', ['"{3} (x) {5+}"'], ['{3} (x) {5+}']],
    ['8-bit octets and controls in quotes', ['"\xe4\xff\t\0"'], ['\xe4\xff\t\0']],
    ['a literal', ['user ', 'pa"ss\r\n\0\xff', ''], ['user', 'pa"ss\r\n\0\xff']],
    ['literals only', ['', 'user', ' ', 'pass', ''], ['user', 'pass']],
    ['empty literals', ['', '', ' ', '', ''], ['', '']],
    ['a literal and more text', ['', 'user', ' "pass" x'], ['user', 'pass', 'x']],
    ['a literal that ends the command with a space', ['', 'user', ' '], ['user']],
  ])('reads %s', (_, parts, expected) => {
    expect(readAll(readerOf(...parts))).toEqual(expected);
  });

  it.each([
    ['nothing', ''],
    ['spaces only', '  '],
    ['a list', '(user)'],
    ['a list behind an atom without space', 'user(x)'],
    ['a bare brace', '{'],
    ['a bare marker in the middle', '{3} x'],
    ['an atom with a quote inside', 'us"er'],
    ['an unfinished quoted string', '"user'],
    ['a quoted string that ends in a backslash', '"user\\'],
    ['a quoted string whose end is escaped', '"user\\"'],
    ['8-bit text outside quotes', 'us\xe4r'],
    ['a tab', 'us\ter'],
    ['a NUL', '\0'],
    ['DEL', 'us\x7fer'],
  ])('reads no string from %s', (_, text) => {
    expect(readerOf(text).readAString()).toBeUndefined();
  });

  it('reads nothing behind the last argument', () => {
    const reader = readerOf('', 'user', ' x');
    reader.readAString();
    reader.readAString();
    expect(reader.isAtEnd).toBe(true);
    expect(reader.readAString()).toBeUndefined();
    expect(reader.readWord()).toBeUndefined();
  });

  it.each([
    [['user pass x']],
    [['user pass (']],
    [['user pass ', 'x', '']],
    [['user ', 'pass', ' x']],
    [['user ', 'pass', ' ', 'x', '']],
  ])('is not at the end when something is left over: %j', (parts) => {
    const reader = readerOf(...parts);
    reader.readAString();
    reader.readAString();
    expect(reader.isAtEnd).toBe(false);
  });

  it('reads words up to a space, whatever they are', () => {
    const reader = readerOf(' PLAIN  AG(x)"=\xff ', 'x', '');
    expect([reader.readWord(), reader.readWord(), reader.readWord()]).toEqual([
      'PLAIN',
      'AG(x)"=\xff',
      undefined,
    ]);
    expect(reader.isAtEnd).toBe(false);
  });

  it('takes a list apart by its parentheses', () => {
    const reader = readerOf(' (name ', 'x', ' "y") z');
    expect(reader.take(LPAREN)).toBe(true);
    expect(reader.take(LPAREN)).toBe(false);
    expect([reader.isAtAtom, reader.readAString()?.toString()]).toEqual([true, 'name']);
    expect([reader.isAtAtom, reader.readAString()?.toString()]).toEqual([false, 'x']);
    expect([reader.isAtAtom, reader.readAString()?.toString()]).toEqual([false, 'y']);
    expect([reader.take(RPAREN), reader.take(RPAREN), reader.isAtEnd]).toEqual([true, false, false]);
  });

  it('ends an atom at a closing parenthesis', () => {
    const reader = readerOf('(a b)');
    reader.take(LPAREN);
    expect([reader.readAString(), reader.readAString()].map(String)).toEqual(['a', 'b']);
    expect([reader.take(RPAREN), reader.isAtEnd]).toEqual([true, true]);
  });

  it('gives octets of its own for atoms and quoted strings, so that the line can be wiped', () => {
    const text = octetsOf('user "pass"');
    const reader = new ArgumentReader([{ text, literal: undefined }]);
    const read = [reader.readAString(), reader.readAString()];
    text.fill(0);
    expect(read.map(String)).toEqual(['user', 'pass']);
  });
});

describe('formatString', () => {
  it.each([
    ['', '""'],
    ['user', '"user"'],
    ['pass word', '"pass word"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['{3}', '"{3}"'],
    ['x'.repeat(1000), `"${'x'.repeat(1000)}"`],
  ])('writes %j in quotes', (text, quoted) => {
    for (const literal of ['synchronizing', 'non-synchronizing'] as const) {
      expect(formatString(octetsOf(text), literal)).toEqual({ text: quoted, literal: undefined });
    }
  });

  it.each(['\r\n', 'a\nb', 'a\rb', '\xe4', '\0', '\t', '\x7f', 'x'.repeat(1001)])(
    'writes %j as a literal',
    (text) => {
      const octets = octetsOf(text);
      expect(formatString(octets, 'synchronizing')).toEqual({ text: `{${text.length}}`, literal: octets });
      expect(formatString(octets, 'non-synchronizing')).toEqual({
        text: `{${text.length}+}`,
        literal: octets,
      });
    },
  );
});
