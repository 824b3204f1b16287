import { describe, it } from 'vitest';
import { expectOutcome } from './command-tap-sample.ts';

describe('CommandTap and commands that must not reach the server', () => {
  it.each(['COMPRESS DEFLATE', 'compress deflate', 'UNAUTHENTICATE', 'STARTTLS', 'StartTLS x'])(
    'keeps %s back and goes on behind it',
    (command) => {
      const name = command.split(' ')[0]?.toUpperCase();
      expectOutcome({
        wire: `a NOOP\r\nr ${command}\r\nb NOOP\r\n`,
        sent: 'a NOOP\r\nb NOOP\r\n',
        asked: [`refuse r ${name}`],
      });
    },
  );

  it.each(['COMPRESS', 'UNAUTHENTICATE', 'STARTTLS'])(
    'keeps %s back with its non-synchronizing literals',
    (name) => {
      expectOutcome({
        wire: `a NOOP\r\nr ${name} {12+}\r\n\r\nx LOGOUT\r\n {1+}\r\nx y\r\nb NOOP\r\n`,
        sent: 'a NOOP\r\nb NOOP\r\n',
        asked: [`refuse r ${name}`],
      });
    },
  );

  it.each(['COMPRESS', 'UNAUTHENTICATE', 'STARTTLS'])(
    'reads what follows %s with a synchronizing literal as commands',
    (name) => {
      expectOutcome({
        wire: `r ${name} {8}\r\nb NOOP\r\nc LOGOUT\r\n`,
        sent: 'b NOOP\r\n',
        asked: [`refuse r ${name}`, 'log out c'],
      });
    },
  );

  it('reads what follows a synchronizing literal behind a dropped one as commands', () => {
    expectOutcome({
      wire: 'r COMPRESS {1+}\r\nx {8}\r\nb NOOP\r\n',
      sent: 'b NOOP\r\n',
      asked: ['refuse r COMPRESS'],
    });
  });
});
