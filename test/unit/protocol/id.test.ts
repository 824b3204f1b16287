import { describe, expect, it } from 'vitest';
import { ArgumentReader, type Segment } from '../../../src/protocol/astring.ts';
import {
  type IdParameters,
  idIn,
  originatingFields,
  readIdParameters,
  withOrigin,
  withoutForgeable,
} from '../../../src/protocol/id.ts';
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

function parameters(fields: Readonly<Record<string, string | undefined>>): IdParameters {
  return Object.entries(fields).map(([name, value]) => [
    Buffer.from(name, 'latin1'),
    value === undefined ? undefined : Buffer.from(value, 'latin1'),
  ]);
}

describe('originatingFields', () => {
  const NOTHING = { address: undefined, port: undefined, sessionId: undefined };

  it('finds what a webmail or a proxy tells, in any letter case', () => {
    const told = { 'x-originating-ip': '192.0.2.1', 'X-Originating-Port': '4711', 'X-SESSION-ID': 'k3-7' };
    expect(originatingFields(parameters({ name: 'x', ...told }))).toEqual({
      address: '192.0.2.1',
      port: 4711,
      sessionId: 'k3-7',
    });
  });

  it('finds nothing where nothing is told', () => {
    expect(originatingFields([])).toEqual(NOTHING);
    expect(originatingFields(parameters({ name: 'x', 'originating-ip': '192.0.2.1' }))).toEqual(NOTHING);
  });

  it.each(['', 'x', '-1', '1.5', '0x10', '70 ', '123456', undefined])('takes %j for no port', (written) => {
    const told = { 'x-originating-ip': '192.0.2.1', 'x-originating-port': written };
    expect(originatingFields(parameters(told))).toEqual({ ...NOTHING, address: '192.0.2.1' });
  });

  it.each(['', 'two words', 'line\r\nbreak', 'nul\0', '\xe4', '\x1b[2J', 'x'.repeat(65), undefined])(
    'takes %j for no id of a session',
    (written) => {
      expect(originatingFields(parameters({ 'x-session-id': written }))).toEqual(NOTHING);
    },
  );

  it('takes ids as other proxies make them', () => {
    const id = '+abc/DEF=.,:{}"'.padEnd(64, '~');
    expect(originatingFields(parameters({ 'x-session-id': id })).sessionId).toBe(id);
  });
});

describe('withOrigin', () => {
  const OWN = parameters({ 'x-originating-ip': '192.0.2.1', 'x-session-id': 'ours' });

  it('tells the origin first, and then what the client says that is not about that', () => {
    const client = parameters({
      name: 'x',
      'X-Originating-IP': '127.0.0.1',
      'x-session-id': 'y',
      os: undefined,
    });
    expect(withOrigin(client, OWN)).toEqual([...OWN, ...parameters({ name: 'x', os: undefined })]);
  });

  it('lets the client lie about nothing either where no origin is told', () => {
    expect(withOrigin(parameters({ 'x-originating-ip': '127.0.0.1', name: 'x' }), [])).toEqual(
      parameters({ name: 'x' }),
    );
  });

  it('stays within what servers take, and leaves out of what the client says', () => {
    const many = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`field-${index}`, 'x']));
    const told = withOrigin(parameters(many), OWN);
    expect(told).toHaveLength(30);
    expect(told.slice(0, 2)).toEqual(OWN);
  });
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
