import { describe, expect, it } from 'vitest';
import { PreLoginRun } from '../../support/pre-login-run.ts';
import { outcomeOf, repliesTo } from './pre-login-sample.ts';

describe('PreLogin answering from memory', () => {
  it.each([
    ['a CAPABILITY\r\n', '* CAPABILITY IMAP4rev1 SASL-IR\r\na OK Completed\r\n'],
    ['a noop\n', 'a OK Completed\r\n'],
    ['a ID nil\r\n', '* ID ("name" "Dovecot")\r\na OK Completed\r\n'],
    ['a ID ("name" {1+}\r\nx)\r\n', '* ID ("name" "Dovecot")\r\na OK Completed\r\n'],
    ['a ID ("x" {1}\r\ny)\r\n', '+ go ahead\r\n* ID ("name" "Dovecot")\r\na OK Completed\r\n'],
  ])('answers %j and reads on', (wire, replies) => {
    expect(outcomeOf(`${wire}z NOOP\r\n`)).toEqual({
      replies: `${replies}z OK Completed\r\n`,
      logins: [],
      left: undefined,
      rest: '',
    });
  });

  it.each(['LOGOUT', 'logout', 'LOGOUT now'])(
    'says goodbye at %s and takes nothing of what follows',
    (command) => {
      expect(outcomeOf(`A001 CAPABILITY\r\nA002 ${command}\r\nA003 NOOP\r\n`)).toEqual({
        replies:
          '* CAPABILITY IMAP4rev1 SASL-IR\r\nA001 OK Completed\r\n' +
          '* BYE LOGOUT received\r\nA002 OK Completed\r\n',
        logins: [],
        left: 'logout',
        rest: 'A003 NOOP\r\n',
      });
    },
  );

  it('keeps what is pipelined behind a login, in order and untouched', () => {
    const rest = 'A3 CAPABILITY\r\nA4 APPEND x {8+}\r\nb LOGOUT\r\nA5 LOGOUT\r\n';
    expect(outcomeOf(`A1 CAPABILITY\r\nA2 LOGIN "cypht" "pw"\r\n${rest}`)).toMatchObject({
      logins: [{ tag: 'A2', user: 'cypht', password: 'pw' }],
      left: undefined,
      rest,
    });
  });

  it('reads on as before when a login was refused', () => {
    expect(
      outcomeOf('a LOGIN u p\r\nb NOOP\r\nc LOGIN v {1+}\r\nq\r\nd NOOP\r\n', { refusesLogins: true }),
    ).toEqual({
      replies:
        'a NO [AUTHENTICATIONFAILED] x\r\nb OK Completed\r\nc NO [AUTHENTICATIONFAILED] x\r\nd OK Completed\r\n',
      logins: [
        { tag: 'a', user: 'u', authorization: undefined, password: 'p' },
        { tag: 'c', user: 'v', authorization: undefined, password: 'q' },
      ],
      left: undefined,
      rest: '',
    });
  });

  it('passes the last ID of a client on with its login', () => {
    const wire = 'a ID ("name" "x")\r\nb ID ("name" "y" "v" NIL)\r\nc LOGIN u p\r\n';
    expect(outcomeOf(wire).logins[0]?.clientId).toEqual([
      ['name', 'y'],
      ['v', undefined],
    ]);
  });

  it('keeps the ID of a client whose first login is refused', () => {
    const wire = 'a ID ("name" "x")\r\nb LOGIN u p\r\nc AUTHENTICATE PLAIN AHUAcA==\r\n';
    const { logins } = outcomeOf(wire, { refusesLogins: true });
    expect(logins.map(({ clientId }) => clientId)).toEqual([[['name', 'x']], [['name', 'x']]]);
  });

  it('passes the commands of the classic daemon on for a client that may give them', () => {
    const wire = 'a xproxy_version\r\nb XPROXY_TRACE me\r\nc XPROXY_STATS\r\n';
    expect(outcomeOf(wire, { isAdmin: true }).replies).toBe(
      'a OK XPROXY_VERSION undefined\r\nb OK XPROXY_TRACE me\r\nc BAD Please login first\r\n',
    );
  });

  it('tells capabilities untagged at login only to a client that has asked before', () => {
    const run = new PreLoginRun();
    run.feed(Buffer.from('a NOOP\r\nb ID NIL\r\n'));
    expect(run.preLogin.capabilityForm).toBe('response code');
    run.feed(Buffer.from('c capability\r\n'));
    expect(run.preLogin.capabilityForm).toBe('untagged');
  });
});

describe('PreLogin and what makes no sense', () => {
  it.each([
    ['a command for later', 'a SELECT INBOX', 'a BAD Please login first'],
    ['an unknown command', 'a XYZZY', 'a BAD Please login first'],
    ['STARTTLS, which is not offered', 'a STARTTLS', 'a BAD Please login first'],
    ['a command of the classic daemon, in its words', 'a XPROXY_VERSION', 'a BAD Unrecognized command'],
    ['ID without its argument', 'a ID', 'a BAD Invalid ID parameters'],
    ['ID with half a field', 'a ID ("name")', 'a BAD Invalid ID parameters'],
    ['a tag only', 'a', 'a BAD Null command'],
    ['two spaces', 'a  NOOP', 'a BAD Null command'],
    ['an empty line', '', '* BAD Invalid tag'],
    ['a tag that is none', 'a] NOOP', '* BAD Invalid tag'],
    ['a space in front', ' a NOOP', '* BAD Invalid tag'],
    ['another protocol', 'GET /<script> HTTP/1.1', 'GET BAD Please login first'],
    ['a synchronizing literal out of place', 'a SELECT {5}', 'a BAD Please login first'],
    ['a non-synchronizing literal out of place', 'a SELECT {8+}\r\nb NOOP\r\n', 'a BAD Please login first'],
  ])('answers %s and reads on', (_, wire, reply) => {
    expect(outcomeOf(`${wire}\r\nz NOOP\r\n`)).toEqual({
      replies: `${reply}\r\nz OK Completed\r\n`,
      logins: [],
      left: undefined,
      rest: '',
    });
  });

  it('repeats nothing of a line whose tag is none', () => {
    expect(repliesTo('<script>alert(1)</script> \xff\r\n')).toBe('* BAD Invalid tag\r\n');
  });

  it('closes at the third command that makes no sense, good ones between them or not', () => {
    expect(outcomeOf('a SELECT x\r\nb NOOP\r\n*\r\nc XYZZY\r\nd NOOP\r\n')).toEqual({
      replies:
        'a BAD Please login first\r\nb OK Completed\r\n* BAD Invalid tag\r\n' +
        'c BAD Please login first\r\n* BYE [CLIENTBUG] Too many invalid IMAP commands\r\n',
      logins: [],
      left: 'bad commands',
      rest: 'd NOOP\r\n',
    });
  });
});
