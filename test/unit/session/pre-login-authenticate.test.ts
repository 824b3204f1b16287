import { describe, expect, it } from 'vitest';
import { base64, outcomeOf, repliesTo } from './pre-login-sample.ts';

describe('PreLogin and AUTHENTICATE', () => {
  const PLAIN = base64('\0user\0pass');

  it.each([
    ['PLAIN with an initial response', `AUTHENTICATE PLAIN ${PLAIN}`, ''],
    ['PLAIN in lower case', `authenticate plain ${PLAIN} `, ''],
    ['PLAIN without an initial response', `AUTHENTICATE PLAIN\r\n${PLAIN}`, '+ \r\n'],
    [
      'LOGIN without an initial response',
      `AUTHENTICATE LOGIN\r\n${base64('user')}\r\n${base64('pass')}`,
      '+ VXNlcm5hbWU6\r\n+ UGFzc3dvcmQ6\r\n',
    ],
    [
      'LOGIN with an initial response',
      `AUTHENTICATE LOGIN ${base64('user')}\r\n${base64('pass')}`,
      '+ UGFzc3dvcmQ6\r\n',
    ],
  ])('reads name and password from %s', (_, command, replies) => {
    expect(outcomeOf(`a ${command}\r\nb NOOP\r\n`)).toEqual({
      replies,
      logins: [{ tag: 'a', user: 'user', authorization: undefined, password: 'pass' }],
      left: undefined,
      rest: 'b NOOP\r\n',
    });
  });

  it('passes on whom to act as', () => {
    const response = base64('other\0user\0pass');
    expect(outcomeOf(`a AUTHENTICATE PLAIN ${response}\r\n`).logins).toEqual([
      { tag: 'a', user: 'user', authorization: 'other', password: 'pass' },
    ]);
  });

  it('takes a line that answers a challenge for nothing else', () => {
    expect(repliesTo(`a AUTHENTICATE PLAIN\r\nb LOGOUT\r\nc NOOP\r\n`)).toBe(
      '+ \r\na BAD Invalid base64 data\r\nc OK Completed\r\n',
    );
  });

  it.each([
    ['an empty initial response', 'a AUTHENTICATE PLAIN =', 'Invalid PLAIN response'],
    ['an initial response that is not base64', 'a AUTHENTICATE PLAIN AAA', 'Invalid base64 data'],
    ['an asterisk for an initial response', 'a AUTHENTICATE LOGIN *', 'Authentication cancelled'],
    [
      'more than an initial response',
      `a AUTHENTICATE PLAIN ${PLAIN} x`,
      'Unexpected argument to Authenticate',
    ],
    ['a literal', 'a AUTHENTICATE PLAIN {8+}\r\nAGEAYg==', 'Unexpected argument to Authenticate'],
    ['no mechanism', 'a AUTHENTICATE', 'Missing required argument to Authenticate'],
    ['a mechanism in a literal', 'a AUTHENTICATE {5+}\r\nPLAIN', 'Missing required argument to Authenticate'],
  ])('answers BAD to %s and reads on', (_, command, text) => {
    expect(outcomeOf(`${command}\r\nz NOOP\r\n`)).toMatchObject({
      replies: `a BAD ${text}\r\nz OK Completed\r\n`,
      logins: [],
    });
  });

  it.each([
    ['an asterisk', '*', 'Authentication cancelled'],
    ['an empty line', '', 'Invalid PLAIN response'],
    ['no base64', '!', 'Invalid base64 data'],
    ['base64 with a space', ` ${PLAIN}`, 'Invalid base64 data'],
    ['too few parts', base64('user\0pass'), 'Invalid PLAIN response'],
  ])('answers BAD when a challenge is answered by %s, and reads on', (_, line, text) => {
    expect(repliesTo(`a AUTHENTICATE PLAIN\r\n${line}\r\nz NOOP\r\n`)).toBe(
      `+ \r\na BAD ${text}\r\nz OK Completed\r\n`,
    );
  });

  it('answers BAD when the password is cancelled, and begins anew afterwards', () => {
    const name = base64('user');
    expect(
      outcomeOf(`a AUTHENTICATE LOGIN ${name}\r\n*\r\nb AUTHENTICATE LOGIN ${name}\r\nc3A=\r\n`),
    ).toMatchObject({
      replies: '+ UGFzc3dvcmQ6\r\na BAD Authentication cancelled\r\n+ UGFzc3dvcmQ6\r\n',
      logins: [{ tag: 'b', user: 'user', password: 'sp' }],
    });
  });

  it.each(['CRAM-MD5', 'XOAUTH2 dXNlcj1h', 'OAUTHBEARER', 'EXTERNAL =', 'PLAINX'])(
    'has no mechanism %s',
    (mechanism) => {
      expect(repliesTo(`a AUTHENTICATE ${mechanism}\r\nz NOOP\r\n`)).toBe(
        'a NO no mechanism available\r\nz OK Completed\r\n',
      );
    },
  );
});
