import { describe, expect, it } from 'vitest';
import { parseCommandHead } from '../../../src/protocol/command-line.ts';

const headOf = (text: string) => {
  const octets = Buffer.from(text, 'latin1');
  const head = parseCommandHead(octets, 0, octets.length);
  if (head === undefined) return undefined;
  return { tag: head.tag, name: head.name, rest: octets.toString('latin1', head.argumentsAt, head.end) };
};

describe('parseCommandHead', () => {
  it.each([
    ['a NOOP\r\n', 'a', 'NOOP', ''],
    ['a NOOP\n', 'a', 'NOOP', ''],
    ['a NOOP', 'a', 'NOOP', ''],
    ['a LoGouT now \r\n', 'a', 'LOGOUT', 'now '],
    ['$1.$ SELECT  "x y"\r\n', '$1.$', 'SELECT', ' "x y"'],
    ['a uid Fetch 1:* FLAGS\r\n', 'a', 'UID FETCH', '1:* FLAGS'],
    ['a UID EXPUNGE\r\n', 'a', 'UID EXPUNGE', ''],
    ['a UID\r\n', 'a', 'UID ', ''],
    ['a UID  FETCH 1 FLAGS\r\n', 'a', 'UID ', 'FETCH 1 FLAGS'],
    ['a UIDFETCH 1\r\n', 'a', 'UIDFETCH', '1'],
    ['LOGOUT NOOP\r\n', 'LOGOUT', 'NOOP', ''],
    ['a APPEND x {3}\r\n', 'a', 'APPEND', 'x {3}'],
    ['a X\0Y \xff\r\n', 'a', 'X\0Y', '\xff'],
    ['a NOOP\tx y\r\n', 'a', 'NOOP\tX', 'y'],
  ])('reads %j', (text, tag, name, rest) => {
    expect(headOf(text)).toEqual({ tag, name, rest });
  });

  it.each(['a\r\n', 'a \r\n', 'a  NOOP\r\n', 'a'])('finds no name in %j', (text) => {
    expect(headOf(text)).toMatchObject({ tag: 'a', name: '' });
  });

  it.each([
    '',
    '\r\n',
    ' a NOOP\r\n',
    'a] NOOP\r\n',
    'a+ NOOP\r\n',
    '* OK\r\n',
    'a{3}\r\n',
    'a\tNOOP\r\n',
    '\xe4 NOOP',
  ])('finds no command in %j, which nobody answers by tag', (text) => {
    expect(headOf(text)).toBeUndefined();
  });

  it('finds no command behind a tag that is too long to wait for', () => {
    expect(headOf(`${'x'.repeat(129)} NOOP\r\n`)).toBeUndefined();
  });

  it('reads the line that it is given and nothing around it', () => {
    const octets = Buffer.from('x y\r\na NOOP\r\nb z\r\n');
    expect(parseCommandHead(octets, 5, 13)).toEqual({ tag: 'a', name: 'NOOP', argumentsAt: 11, end: 11 });
  });

  it('cuts a name that is longer than any, so that it stays unknown', () => {
    expect(headOf(`a ${'x'.repeat(5_000)} y\r\n`)).toEqual({ tag: 'a', name: 'X'.repeat(40), rest: 'y' });
  });
});
