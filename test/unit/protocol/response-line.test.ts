import { describe, expect, it } from 'vitest';
import { isDataResponse, parseResponse } from '../../../src/protocol/response-line.ts';

const parse = (text: string) => parseResponse(Buffer.from(text, 'latin1'));
const status = (tag: string | undefined, word: string, words: string, text = words, code?: object) => ({
  kind: 'status',
  tag,
  status: word,
  words,
  text,
  code,
});

describe('parseResponse', () => {
  it.each([
    ['a1 OK done\r\n', status('a1', 'OK', 'done')],
    ['a1 OK\r\n', status('a1', 'OK', '')],
    ['a1 OK \r\n', status('a1', 'OK', '')],
    ['a1 no failed\n', status('a1', 'NO', 'failed')],
    ['a1 BAD  two spaces', status('a1', 'BAD', ' two spaces')],
    ['$1.$ OK {3}\r\n', status('$1.$', 'OK', '{3}')],
    ['* OK ready\r\n', status(undefined, 'OK', 'ready')],
    ['* BYE\r\n', status(undefined, 'BYE', '')],
    ['* PREAUTH welcome\r\n', status(undefined, 'PREAUTH', 'welcome')],
    ['* ok \xe4\r\n', status(undefined, 'OK', '\xe4')],
    ['** OK x\r\n', status('**', 'OK', 'x')],
  ])('reads the status response %j', (text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  it('splits a status response into code and text, and keeps both together as well', () => {
    expect(parse('a1 NO [TRYCREATE] no box\r\n')).toEqual(
      status('a1', 'NO', '[TRYCREATE] no box', 'no box', { name: 'TRYCREATE', argument: '' }),
    );
  });

  it.each([
    ['+ idling\r\n', 'idling'],
    ['+ \r\n', ''],
    ['+\r\n', ''],
    ['+', ''],
    ['+ VXNlcm5hbWU6\n', 'VXNlcm5hbWU6'],
    ['+OK x\r\n', 'OK x'],
  ])('reads the continuation request %j', (text, rest) => {
    expect(parse(text)).toEqual({ kind: 'continuation', text: rest });
  });

  it.each([
    ['* CAPABILITY IMAP4rev1\r\n', 'CAPABILITY', 'IMAP4rev1'],
    ['* search\r\n', 'SEARCH', ''],
    ['* 3 EXISTS\r\n', '3', 'EXISTS'],
    ['* 1 FETCH (BODY[] {5}\r\n', '1', 'FETCH (BODY[] {5}'],
    ['* OKAY x\r\n', 'OKAY', 'x'],
    ['* FLAGS (\\x\xff)', 'FLAGS', '(\\x\xff)'],
  ])('reads the untagged data %j', (text, name, rest) => {
    expect(parse(text)).toEqual({ kind: 'data', name, text: rest });
  });

  it.each([
    '',
    '\r\n',
    '\n',
    'a1',
    'a1\r\n',
    'a1 \r\n',
    'a1 DONE\r\n',
    '*',
    '*\r\n',
    ' OK x',
    'OK\r\n',
    'a1 OKAY x',
  ])('calls %j malformed', (text) => {
    expect(parse(text)).toEqual({ kind: 'malformed' });
  });

  it('reads the line that it is given and nothing around it', () => {
    const octets = Buffer.from('* OK x\r\na1 NO y\r\n* BYE\r\n');
    expect(parseResponse(octets, 8, 17)).toEqual(status('a1', 'NO', 'y'));
  });
});

describe('isDataResponse', () => {
  const isData = (text: string) => isDataResponse(Buffer.from(text), 0, text.length);

  it.each(['* 1 FETCH (BODY[] {5}\r\n', '* LIST () "/" {3}', '* OKAY', '* B', '* BY', '* NOTHING x'])(
    'finds data in %j',
    (text) => {
      expect(isData(text)).toBe(true);
    },
  );

  it.each([
    '',
    '* ',
    '*X y',
    'a1 OK x',
    '+ x',
    '* OK',
    '* OK\r\n',
    '* no x',
    '* Bad {3}',
    '* BYE x',
    '* PREAUTH x',
  ])('finds none in %j', (text) => {
    expect(isData(text)).toBe(false);
  });
});
