import { describe, expect, it } from 'vitest';
import { contentEnd, equalsText, isDigit, startsWithWord, wordEnd } from '../../../src/protocol/octets.ts';

const octetsOf = (text: string) => Buffer.from(text, 'latin1');

describe('contentEnd', () => {
  it.each([
    ['a NOOP\r\n', 6],
    ['a NOOP\n', 6],
    ['a NOOP', 6],
    ['a NOOP\r', 6],
    ['a\r\r\n', 2],
    ['a\n\n', 2],
    ['\r\n', 0],
    ['\n', 0],
    ['', 0],
  ])('finds the end of the content of %j', (text, end) => {
    expect(contentEnd(octetsOf(text), 0, text.length)).toBe(end);
  });

  it('does not look in front of the line', () => {
    expect(contentEnd(octetsOf('\r\n\n'), 2, 3)).toBe(2);
  });
});

describe('wordEnd', () => {
  it('finds the next space, else the end', () => {
    const octets = octetsOf('ab cd');
    expect([
      wordEnd(octets, 0, 5),
      wordEnd(octets, 2, 5),
      wordEnd(octets, 3, 5),
      wordEnd(octets, 0, 1),
    ]).toEqual([2, 2, 5, 1]);
  });
});

describe('startsWithWord', () => {
  it.each(['LOGOUT', 'logout', 'LoGoUt', 'logoutx'])('takes %s for LOGOUT', (text) => {
    expect(startsWithWord(octetsOf(text), 0, text.length, 'LOGOUT')).toBe(true);
  });

  it.each(['LOGOU', 'xLOGOUT', '\x0cOGOUT', 'L\xcfGOUT', ''])('does not take %j for LOGOUT', (text) => {
    expect(startsWithWord(octetsOf(text), 0, text.length, 'LOGOUT')).toBe(false);
  });

  it('folds letters only: a digit or sign 32 below is another', () => {
    expect(startsWithWord(octetsOf('[{'), 0, 2, '[[')).toBe(false);
    expect(startsWithWord(octetsOf('`'), 0, 1, '@')).toBe(false);
  });

  it('does not read behind the end', () => {
    expect(startsWithWord(octetsOf('LOGOUT'), 0, 5, 'LOGOUT')).toBe(false);
    expect(startsWithWord(octetsOf('LOGOUT'), 7, 6, 'L')).toBe(false);
  });
});

describe('equalsText', () => {
  it('compares octet by octet, letter case and length included', () => {
    const octets = octetsOf('x\xffaB ');
    expect(equalsText(octets, 1, 4, '\xffaB')).toBe(true);
    expect(equalsText(octets, 1, 4, '\xffab')).toBe(false);
    expect(equalsText(octets, 1, 3, '\xffaB')).toBe(false);
    expect(equalsText(octets, 1, 5, '\xffaB')).toBe(false);
  });
});

describe('isDigit', () => {
  it('knows the ten digits and nothing else', () => {
    const digits = Array.from({ length: 256 }, (_, octet) => octet).filter(isDigit);
    expect(Buffer.from(digits).toString()).toBe('0123456789');
    expect(isDigit(undefined)).toBe(false);
  });
});
