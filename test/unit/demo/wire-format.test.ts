import { describe, expect, it } from 'vitest';
import { Arguments } from '../../../demo/imap-server/arguments.ts';
import { dateTime, nstring, parseDate } from '../../../demo/imap-server/wire-format.ts';

describe('nstring', () => {
  it.each([
    [undefined, 'NIL'],
    ['', '""'],
    ['a "b" \\', '"a \\"b\\" \\\\"'],
    ['gr\xfc\xdf', '{4}\r\ngr\xfc\xdf'],
    ['two\r\nlines', '{10}\r\ntwo\r\nlines'],
  ])('writes %j as %j', (text, expected) => {
    expect(nstring(text)).toBe(expected);
  });

  it.each(['', 'plain', 'a "b" \\', '8-bit \xfc', 'x'.repeat(2000)])(
    'is read back by Arguments: %j',
    (text) => {
      expect(new Arguments(nstring(text)).astring()).toBe(text);
    },
  );
});

describe('dateTime', () => {
  it('pads the day with a space and writes UTC', () => {
    expect(dateTime(new Date('2026-03-02T23:05:09+01:00'))).toBe('" 2-Mar-2026 22:05:09 +0000"');
  });

  it('is read back by parseDate', () => {
    const date = new Date('2026-12-24T18:00:00Z');
    expect(parseDate(dateTime(date).slice(1, -1))).toEqual(date);
  });
});

describe('parseDate', () => {
  it.each([
    ['2-Mar-2026', '2026-03-02T00:00:00Z'],
    ['02-MAR-2026 22:05:09 -0130', '2026-03-02T23:35:09Z'],
  ])('reads %s', (text, expected) => {
    expect(parseDate(text)).toEqual(new Date(expected));
  });

  it.each(['', '2-Foo-2026', '99-Mar-2026', '2026-03-02'])('knows "%s" for no date', (text) => {
    expect(parseDate(text)).toBeUndefined();
  });
});
