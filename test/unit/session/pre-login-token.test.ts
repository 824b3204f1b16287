import { describe, expect, it } from 'vitest';
import { base64, oauthBearer, xoauth2 } from '../../support/tokens.ts';
import { outcomeOf } from './pre-login-sample.ts';

const OFFERS = { offers: 'AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER' };
const REASON = base64('{"status":"401"}');
const REFUSES = { ...OFFERS, refusesLogins: true, challenge: REASON };

describe.each([
  ['XOAUTH2', xoauth2('user', 'token')],
  ['OAUTHBEARER', oauthBearer('user', 'token')],
])('PreLogin and AUTHENTICATE %s', (mechanism, response) => {
  const login = { tag: 'a', mechanism, user: 'user', authorization: undefined, password: 'token' };

  it.each([
    ['an initial response', `a authenticate ${mechanism} ${response}`, ''],
    [
      'an answer to the empty challenge',
      `a AUTHENTICATE ${mechanism.toLowerCase()}\r\n${response}`,
      '+ \r\n',
    ],
  ])('reads user and token from %s', (_, command, replies) => {
    expect(outcomeOf(`${command}\r\nb NOOP\r\n`, OFFERS)).toEqual({
      replies,
      logins: [login],
      left: undefined,
      rest: 'b NOOP\r\n',
    });
  });

  it('is no mechanism where the server does not offer it, and the next line is a command', () => {
    const other = mechanism === 'XOAUTH2' ? 'OAUTHBEARER' : 'XOAUTH2';
    expect(outcomeOf(`a AUTHENTICATE ${mechanism}\r\nb NOOP\r\n`, { offers: `AUTH=${other}` })).toMatchObject(
      {
        replies: 'a NO no mechanism available\r\nb OK Completed\r\n',
        logins: [],
      },
    );
  });

  it.each([
    ['an asterisk', '*', 'Authentication cancelled'],
    ['no base64', '!', 'Invalid base64 data'],
    ['an empty line', '', `Invalid ${mechanism} response`],
    ['a password', base64('\0user\0pass'), `Invalid ${mechanism} response`],
  ])('answers BAD when the challenge is answered by %s, and reads on', (_, line, text) => {
    expect(outcomeOf(`a AUTHENTICATE ${mechanism}\r\n${line}\r\nz NOOP\r\n`, OFFERS)).toMatchObject({
      replies: `+ \r\na BAD ${text}\r\nz OK Completed\r\n`,
      logins: [],
    });
  });

  it.each(['', 'AQ==', '=', 'b NOOP', '!', 'x {3}', 'x {3+}'])(
    'tells why a token was refused, and refuses it when the client has answered %j',
    (answer) => {
      const wire = `a AUTHENTICATE ${mechanism} ${response}\r\n${answer}\r\nz NOOP\r\n`;
      expect(outcomeOf(wire, REFUSES)).toEqual({
        replies: `+ ${REASON}\r\na NO [AUTHENTICATIONFAILED] x\r\nz OK Completed\r\n`,
        logins: [login],
        left: undefined,
        rest: '',
      });
    },
  );

  it('takes an asterisk for giving up there, too', () => {
    const wire = `a AUTHENTICATE ${mechanism} ${response}\r\n*\r\nz NOOP\r\n`;
    expect(outcomeOf(wire, REFUSES).replies).toBe(
      `+ ${REASON}\r\na BAD Authentication cancelled\r\nz OK Completed\r\n`,
    );
  });

  it('passes on an empty reason', () => {
    const wire = `a AUTHENTICATE ${mechanism} ${response}\r\n\r\n`;
    expect(outcomeOf(wire, { ...REFUSES, challenge: '' }).replies).toBe(
      '+ \r\na NO [AUTHENTICATIONFAILED] x\r\n',
    );
  });

  it('refuses at once a token of which the server told nothing', () => {
    const wire = `a AUTHENTICATE ${mechanism} ${response}\r\nz NOOP\r\n`;
    expect(outcomeOf(wire, { ...OFFERS, refusesLogins: true }).replies).toBe(
      'a NO [AUTHENTICATIONFAILED] x\r\nz OK Completed\r\n',
    );
  });

  it('lets the client try another token', () => {
    const wire = `a AUTHENTICATE ${mechanism} ${response}\r\n\r\nb AUTHENTICATE ${mechanism}\r\n${response}\r\n\r\n`;
    expect(outcomeOf(wire, REFUSES)).toMatchObject({
      replies: `+ ${REASON}\r\na NO [AUTHENTICATIONFAILED] x\r\n+ \r\n+ ${REASON}\r\nb NO [AUTHENTICATIONFAILED] x\r\n`,
      logins: [login, { ...login, tag: 'b' }],
    });
  });
});
