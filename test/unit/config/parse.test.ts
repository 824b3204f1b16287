import { describe, expect, it } from 'vitest';
import { nameIn, parseConfig } from '../../../src/config/parse.ts';

const settingsOf = (text: string | Uint8Array) => parseConfig('f', text).settings;

describe('parseConfig', () => {
  it.each([
    ['a blank', 'cache_size 5\n'],
    ['a tab', 'cache_size\t5\n'],
    ['several of both', '  cache_size \t  5\t \n'],
    ['CR LF at the end', 'cache_size 5\r\n'],
    ['no line end at all', 'cache_size 5'],
    ['upper case', 'CACHE_Size 5\n'],
    ['a comment touching the value', 'cache_size 5#x\n'],
    ['a comment before CR LF', 'cache_size 5 # x\r\n'],
    ['a byte order mark', '\u{feff}cache_size 5\n'],
  ])('reads keyword and value with %s', (_, text) => {
    expect(parseConfig('f', text)).toEqual({
      settings: [{ keyword: 'cache_size', value: '5', line: 1 }],
      findings: [],
    });
  });

  it('reads the same from octets that are part of a larger buffer', () => {
    const octets = new Uint8Array(Buffer.from('xx\ncache_size 5\nyy')).subarray(3, 15);
    expect(settingsOf(octets)).toEqual([{ keyword: 'cache_size', value: '5', line: 1 }]);
  });

  it.each(['', '\n', ' \t \n', '\r\n', '# x', '   # indented', '\t#\n'])('takes nothing from %j', (text) => {
    expect(parseConfig('f', text)).toEqual({ settings: [], findings: [] });
  });

  it('keeps blanks, quotes and letters beyond ASCII inside a value', () => {
    expect(settingsOf('preauth_command  ID ("GUID"\t "ü") \n')[0]?.value).toBe('ID ("GUID"\t "ü")');
  });

  it('counts lines from 1, empty ones included', () => {
    expect(settingsOf('# a\n\nx 1\r\n\r\ny 2').map(({ line }) => line)).toEqual([3, 5]);
  });

  it('reads a value of a megabyte with blanks inside in linear time', () => {
    const value = `a${' '.repeat(1_000_000)}b`;
    expect(settingsOf(`x ${value}`)[0]?.value).toBe(value);
  });

  it.each([
    ['a keyword without value', 'cache_size', 'expected a value after the keyword'],
    ['a keyword without value before a comment', 'cache_size # 5', 'expected a value after the keyword'],
    ['an equals sign', 'cache_size=5', 'expected a blank between keyword and value'],
  ])('finds %s', (_, text, message) => {
    expect(parseConfig('f', `\n${text}\nlisten_port 0`)).toEqual({
      settings: [{ keyword: 'listen_port', value: '0', line: 3 }],
      findings: [{ severity: 'error', file: 'f', line: 2, directive: 'cache_size', message }],
    });
  });

  it.each([
    ['a carriage return inside the line', 'cache_size 5\r6'],
    ['an escape', 'server_hostname \u001b[2J'],
    ['a control character of Latin-1', 'server_hostname a\u{85}b'],
  ])('finds %s', (_, text) => {
    const message = 'cannot read a control character';
    expect(parseConfig('f', text)).toEqual({
      settings: [],
      findings: [{ severity: 'error', file: 'f', line: 1, message }],
    });
  });

  it('finds octets that are not UTF-8 in a directive, and reads on', () => {
    const { settings, findings } = parseConfig('f', Buffer.from('x \xfc\ny 1', 'latin1'));
    expect(settings).toEqual([{ keyword: 'y', value: '1', line: 2 }]);
    expect(findings).toEqual([
      { severity: 'error', file: 'f', line: 1, message: 'cannot read the line: expected UTF-8 text' },
    ]);
  });

  it('accepts a comment in Latin-1', () => {
    expect(parseConfig('f', Buffer.from('y 1 # f\xfcr\n', 'latin1'))).toEqual({
      settings: [{ keyword: 'y', value: '1', line: 1 }],
      findings: [],
    });
  });

  it('refuses a file with a NUL octet as a whole, naming the line of the first', () => {
    expect(parseConfig('f', 'x 1\ny 2\n#\0\nz \0')).toEqual({
      settings: [],
      findings: [
        { severity: 'error', file: 'f', line: 3, message: 'cannot read a NUL octet: expected UTF-8 text' },
      ],
    });
  });
});

describe('nameIn', () => {
  it.each([
    ['tls_no_tlsv1.1', 'tls_no_tlsv1.1'],
    ['auth_shared_secret=hunter2', 'auth_shared_secret'],
    ['auth_shared_secret:hunter2', 'auth_shared_secret'],
    ['"x"', undefined],
    ['x'.repeat(100), 'x'.repeat(60)],
  ])('takes from %j no more than %j', (keyword, name) => {
    expect(nameIn(keyword)).toBe(name);
  });
});
