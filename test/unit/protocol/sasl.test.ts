import { describe, expect, it } from 'vitest';
import {
  decodeBase64,
  encodeInitialResponse,
  formatPlain,
  holdsNul,
  parsePlain,
} from '../../../src/protocol/sasl.ts';

const octetsOf = (text: string) => Buffer.from(text, 'latin1');

describe('decodeBase64', () => {
  it.each([
    ['', ''],
    ['=', ''],
    ['AA==', '\0'],
    ['AGZvbwBiYXI=', '\0foo\0bar'],
    ['Zm9v', 'foo'],
    ['+/+/', '\xfb\xff\xbf'],
  ])('decodes %j', (text, octets) => {
    expect(decodeBase64(text)?.toString('latin1')).toBe(octets);
  });

  it.each([
    '*',
    '==',
    'A',
    'AA',
    'AAA',
    'AA=',
    'AAA==',
    'AAAA=',
    'AA==AA==',
    'A=AA',
    ' AA==',
    'AA== ',
    'AA\n==',
    'AAAA\n',
    'AA-_',
    'AA\xe4A',
    '{5+}',
  ])('refuses %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it('judges a long line in linear time', () => {
    expect(decodeBase64('A'.repeat(1_000_000))).toHaveLength(750_000);
    expect(decodeBase64(`${'A'.repeat(1_000_000)}!`)).toBeUndefined();
  });
});

describe('encodeInitialResponse', () => {
  it('writes nothing as an equals sign', () => {
    expect(encodeInitialResponse(octetsOf(''))).toBe('=');
  });

  it('writes octets as base64 without line breaks', () => {
    expect(encodeInitialResponse(octetsOf('\0foo\0bar'))).toBe('AGZvbwBiYXI=');
    expect(encodeInitialResponse(Buffer.alloc(300, 'x'))).toMatch(/^[A-Za-z0-9+/]{400}$/);
  });
});

describe('parsePlain', () => {
  it.each([
    ['\0user\0pass', '', 'user', 'pass'],
    ['other\0user\0pass', 'other', 'user', 'pass'],
    ['user\0user\0pass', 'user', 'user', 'pass'],
    ['\0user\0', '', 'user', ''],
    ['\0\xfc ser\0 p\r\n\xff ', '', '\xfc ser', ' p\r\n\xff '],
  ])('splits %j', (payload, authorization, authentication, password) => {
    const parts = parsePlain(octetsOf(payload));
    expect(parts?.authorization.toString('latin1')).toBe(authorization);
    expect(parts?.authentication.toString('latin1')).toBe(authentication);
    expect(parts?.password.toString('latin1')).toBe(password);
  });

  it.each([
    '',
    'user',
    '\0user',
    'user\0pass',
    '\0\0',
    '\0\0pass',
    'other\0\0pass',
    '\0user\0pass\0',
    '\0u\0p\0x',
  ])('refuses %j', (payload) => {
    expect(parsePlain(octetsOf(payload))).toBeUndefined();
  });
});

describe('formatPlain', () => {
  it('joins the parts with NUL', () => {
    const parts = {
      authorization: octetsOf('o'),
      authentication: octetsOf('u\xff'),
      password: octetsOf('p'),
    };
    expect(formatPlain(parts).toString('latin1')).toBe('o\0u\xff\0p');
  });
});

describe('holdsNul', () => {
  it('finds a NUL anywhere', () => {
    expect(['', 'abc', '0', 'a\0', '\0a'].map((text) => holdsNul(octetsOf(text)))).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });
});
