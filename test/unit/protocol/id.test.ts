import { describe, expect, it } from 'vitest';
import { ArgumentReader, type Segment } from '../../../src/protocol/astring.ts';
import { idIn, readIdParameters, withoutForgeable } from '../../../src/protocol/id.ts';
import { parseResponse } from '../../../src/protocol/response-line.ts';

/** Fields as latin1 text, read from text, literal, text, ... */
function read(...parts: readonly string[]): readonly (readonly (string | undefined)[])[] | undefined {
  const segments: Segment[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const literal = parts[at + 1];
    segments.push({
      text: Buffer.from(parts[at] ?? '', 'latin1'),
      literal: literal === undefined ? undefined : Buffer.from(literal, 'latin1'),
    });
  }
  const fields = readIdParameters(new ArgumentReader(segments));
  return fields?.map((field) => field.map((octets) => octets?.toString('latin1')));
}

const field = (name: string, value: string) => `"${name}" "${value}"`;

describe('readIdParameters', () => {
  it.each([
    ['NIL', ['NIL'], []],
    ['NIL in lower case', [' nil '], []],
    ['an empty list', ['()'], []],
    [
      'fields',
      ['("name" "ImapFlow" "version" "2")'],
      [
        ['name', 'ImapFlow'],
        ['version', '2'],
      ],
    ],
    ['spaces anywhere', [' ( "name"  "x" ) '], [['name', 'x']]],
    [
      'NIL for a value',
      ['("os" NIL "name" nil)'],
      [
        ['os', undefined],
        ['name', undefined],
      ],
    ],
    ['NIL in quotes, which is text', ['("os" "NIL")'], [['os', 'NIL']]],
    ['atoms', ['(name x)'], [['name', 'x']]],
    [
      'literals',
      ['(', 'name', ' ', 'a"\r\n', ' "x" "y")'],
      [
        ['name', 'a"\r\n'],
        ['x', 'y'],
      ],
    ],
    ['NIL in a literal, which is text', ['("os" ', 'NIL', ')'], [['os', 'NIL']]],
    ['octets of 8 bits', ['("name" "\xe4")'], [['name', '\xe4']]],
  ])('reads %s', (_, parts, fields) => {
    expect(read(...parts)).toEqual(fields);
  });

  it.each([
    ['nothing', ['']],
    ['a word', ['name']],
    ['a string', ['"name" "x"']],
    ['an odd number of strings', ['("name")']],
    ['a list without end', ['("name" "x"']],
    ['a list in a list', ['(("name" "x"))']],
    ['more behind the list', ['("name" "x") y']],
    ['more behind NIL', ['NIL x']],
    ['a literal behind the list', ['("name" "x") ', 'y', '']],
  ])('refuses %s', (_, parts) => {
    expect(read(...parts)).toBeUndefined();
  });

  it('takes as many and as long fields as RFC 2971 allows, and no more', () => {
    const fields = (count: number, name: number, value: number) =>
      read(
        `(${Array(count)
          .fill(field('n'.repeat(name), 'v'.repeat(value)))
          .join(' ')})`,
      );
    expect(fields(30, 30, 1024)).toHaveLength(30);
    expect(fields(31, 1, 1)).toBeUndefined();
    expect(fields(1, 31, 1)).toBeUndefined();
    expect(fields(1, 1, 1025)).toBeUndefined();
  });
});

describe('withoutForgeable', () => {
  const kept = (name: string) => withoutForgeable([[Buffer.from(name), undefined]]).length === 1;

  it.each([
    'x-originating-ip',
    'X-Originating-Port',
    'x-connected-ip',
    'x-forward-user',
    'x-proxy-ttl',
    'x-session-id',
    'X-SESSION-EXT-ID',
    'x-client-transport',
  ])('leaves out %s, by which a trusted proxy tells who its client is', (name) => {
    expect(kept(name)).toBe(false);
  });

  it.each(['name', 'version', 'os', 'vendor', 'support-url', 'x-guid', 'originating-ip', 'session-id'])(
    'keeps %s',
    (name) => {
      expect(kept(name)).toBe(true);
    },
  );
});

describe('idIn', () => {
  const idOf = (text: string) => idIn(parseResponse(Buffer.from(text)));

  it('finds the argument of an untagged ID response only', () => {
    expect(idOf('* ID ("name" "Dovecot")\r\n')).toBe('("name" "Dovecot")');
    expect(idOf('* id NIL\r\n')).toBe('NIL');
    expect(idOf('* OK ID NIL\r\n')).toBeUndefined();
    expect(idOf('* IDLE NIL\r\n')).toBeUndefined();
  });
});
