import { describe, it } from 'vitest';
import { expectOutcome } from './command-tap-sample.ts';

describe('CommandTap and LOGOUT', () => {
  it.each(['LOGOUT', 'logout', 'LogOut', 'LOGOUT now', 'LOGOUT  '])(
    'ends the session at %j, sends nothing of it or of what follows',
    (name) => {
      expectOutcome({
        wire: `a NOOP\r\nz ${name}\r\nb CREATE x\r\n`,
        sent: 'a NOOP\r\n',
        asked: ['log out z'],
      });
      expectOutcome({ wire: `z ${name}\nx`, sent: '', asked: ['log out z'] });
    },
  );

  it.each([
    ['in a synchronizing literal', 'a APPEND x {12}\r\n\r\nb LOGOUT\r\n\r\n', ['literal a'], ['+']],
    ['in a non-synchronizing literal', 'a APPEND x {12+}\r\n\r\nb LOGOUT\r\n\r\n', [], []],
    ['as the line that ends an IDLE', 'a IDLE\r\nb LOGOUT\r\nc NOOP\r\n', ['idle a'], ['+']],
    ['as a tag', 'LOGOUT NOOP\r\n', [], []],
    ['as a mailbox', 'a CREATE LOGOUT\r\nb CREATE "x LOGOUT"\r\n', [], []],
    ['as a search key', 'a UID SEARCH TEXT LOGOUT\r\n', [], []],
    ['behind a literal', 'a SEARCH TEXT {1+}\r\nx LOGOUT\r\n', [], []],
  ] as const)('goes on when the word stands %s', (_, wire, asked, reactions) => {
    expectOutcome({ wire, asked, reactions });
  });

  it.each([
    ['behind two spaces', 'a  LOGOUT\r\n', [], [], 'unknown command'],
    ['as the second word of UID', 'a UID LOGOUT\r\n', [], [], 'unknown command'],
    ['as a part of a word', 'a LOGOUTS\r\n', [], [], 'unknown command'],
    ['alone', 'LOGOUT\r\n', [], [], 'unknown command'],
    ['behind a space', ' a LOGOUT\r\n', [], [], 'framing in doubt'],
    ['behind a tag that is none', 'a] LOGOUT\r\n', [], [], 'framing in doubt'],
  ] as const)(
    'goes on, but trusts the connection no more, when the word stands %s',
    (_, wire, asked, reactions, obstacle) => {
      expectOutcome({ wire, asked, reactions, obstacle });
    },
  );

  it('goes on when the line that answers a challenge is a LOGOUT', () => {
    const wire = 'a AUTHENTICATE X\r\nb LOGOUT\r\n';
    const asked = ['challenge a', 'challenge a'];
    expectOutcome({
      wire,
      secret: wire,
      asked,
      reactions: ['+', 'BAD'],
      obstacle: 'lasting state',
    });
  });

  it('ends the session at a LOGOUT right behind refused literal data', () => {
    expectOutcome({
      wire: 'a APPEND none {9}\r\nb LOGOUT\r\n',
      sent: 'a APPEND none {9}\r\n',
      asked: ['literal a', 'log out b'],
      reactions: ['NO'],
    });
  });

  it('ends the session at a LOGOUT behind the line that ended an IDLE', () => {
    expectOutcome({
      wire: 'a IDLE\r\nDONE\r\nb LOGOUT\r\n',
      sent: 'a IDLE\r\nDONE\r\n',
      asked: ['idle a', 'log out b'],
      reactions: ['+'],
    });
  });
});
