import { describe, expect, it } from 'vitest';
import { outcomeOf } from './pre-login-sample.ts';

describe('PreLogin and LOGIN', () => {
  it.each([
    ['atoms', 'LOGIN user pass', 'user', 'pass'],
    ['lower case and several spaces', 'login   user  pass ', 'user', 'pass'],
    ['quoted strings', 'LOGIN "us er" "pa\\"s\\\\s"', 'us er', 'pa"s\\s'],
    ['a quoted password only, as imaplib does', 'LOGIN user "pass"', 'user', 'pass'],
    ['an empty password', 'LOGIN user ""', 'user', ''],
    ['signs that servers take in atoms', 'LOGIN user@x.org p%a*s]s\\', 'user@x.org', 'p%a*s]s\\'],
    ['words of the grammar', 'LOGIN NIL LOGIN', 'NIL', 'LOGIN'],
    ['non-synchronizing literals', 'LOGIN {4+}\r\nuser {4+}\r\npass', 'user', 'pass'],
    ['a literal with every kind of octet', 'LOGIN user {8+}\r\n\xff\r\n"\\{3}', 'user', '\xff\r\n"\\{3}'],
    ['8-bit octets in quotes', 'LOGIN "\xfc" "\xe4"', '\xfc', '\xe4'],
    ['an empty literal', 'LOGIN user {0+}\r\n', 'user', ''],
    ['a literal that looks like commands', 'LOGIN user {10+}\r\nb LOGOUT\r\n', 'user', 'b LOGOUT\r\n'],
  ])('reads name and password from %s', (_, command, user, password) => {
    expect(outcomeOf(`a ${command}\r\n`)).toEqual({
      replies: '',
      logins: [{ tag: 'a', user, authorization: undefined, password }],
      left: undefined,
      rest: '',
    });
  });

  it('asks for synchronizing literals, also when their data have come already', () => {
    expect(outcomeOf('a LOGIN {4}\r\nuser {4}\r\npass\r\nb NOOP\r\n')).toEqual({
      replies: '+ go ahead\r\n+ go ahead\r\n',
      logins: [{ tag: 'a', user: 'user', authorization: undefined, password: 'pass' }],
      left: undefined,
      rest: 'b NOOP\r\n',
    });
  });

  it.each([
    ['no argument', 'a LOGIN', 'Missing required argument to Login'],
    ['one argument', 'a LOGIN user', 'Missing required argument to Login'],
    ['one literal', 'a LOGIN {4+}\r\nuser', 'Missing required argument to Login'],
    ['a list', 'a LOGIN (user) pass', 'Missing required argument to Login'],
    ['a list for a password', 'a LOGIN user (pass)', 'Missing required argument to Login'],
    ['an unfinished quoted string', 'a LOGIN user "pass', 'Missing required argument to Login'],
    ['8-bit octets outside quotes', 'a LOGIN us\xe4r pass', 'Missing required argument to Login'],
    ['three arguments', 'a LOGIN user pass more', 'Unexpected argument to Login'],
    ['a third literal', 'a LOGIN user pass {1+}\r\nx', 'Unexpected argument to Login'],
    ['a NUL in a literal', 'a LOGIN user {3+}\r\np\0s', 'A name or password holds a NUL'],
    ['a NUL in a name', 'a LOGIN "us\0er" pass', 'A name or password holds a NUL'],
  ])('answers BAD to %s and reads on', (_, command, text) => {
    expect(outcomeOf(`${command}\r\nz NOOP\r\n`)).toEqual({
      replies: `a BAD ${text}\r\nz OK Completed\r\n`,
      logins: [],
      left: undefined,
      rest: '',
    });
  });
});
