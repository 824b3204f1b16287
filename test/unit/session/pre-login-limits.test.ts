import { describe, expect, it } from 'vitest';
import { PreLoginRun, preLoginOutcome } from '../../support/pre-login-run.ts';
import { base64, outcomeOf, repliesTo } from './pre-login-sample.ts';

describe('PreLogin and sizes', () => {
  it('refuses a literal that is too big before any of it comes, and reads on', () => {
    expect(repliesTo('a LOGIN user {8193}\r\nz NOOP\r\n')).toBe(
      'a NO [LIMIT] Literal is too big\r\nz OK Completed\r\n',
    );
  });

  it.each([
    ['a non-synchronizing literal', 'a LOGIN user {8193+}\r\n'],
    ['the same for a command out of place', 'a APPEND INBOX {1000000+}\r\n'],
    ['a literal that cannot be counted', 'a LOGIN user {99999999999999999999}\r\n'],
  ])('closes at %s that is too big', (_, wire) => {
    const { replies, left, rest } = outcomeOf(wire);
    expect(replies).toMatch(/^\* BYE \[TOOBIG\] Cannot hold more than \d+ octets \([A-Z_a-z]+\)\r\n$/);
    expect({ left, rest }).toEqual({ left: 'size limit', rest: '' });
  });

  it.each([
    ['a line that never ends', 'x'.repeat(20_000)],
    ['too many literals', `a LOGIN${` {8000+}\r\n${'x'.repeat(8_000)}`.repeat(9)}\r\n`],
  ])('closes at %s', (_, wire) => {
    const run = new PreLoginRun();
    for (let at = 0; at < wire.length && run.outcome.left === undefined; at += 1_000) {
      run.feed(Buffer.from(wire.slice(at, at + 1_000)));
    }
    expect(run.outcome.replies).toMatch(/^\* BYE \[TOOBIG\] /);
    expect(run.outcome.left).toBe('size limit');
  });

  it('takes an initial response of 12 KiB, as long access tokens need', () => {
    const password = 'x'.repeat(9_000);
    const [login] = preLoginOutcome([
      Buffer.from(`a AUTHENTICATE PLAIN ${base64(`\0u\0${password}`)}\r\n`),
    ]).logins;
    expect(login?.password).toBe(password);
  });
});

describe('PreLogin saying no', () => {
  const SECRET = 'hunter2-and-more';
  const REFUSED: readonly string[] = [
    `a LOGIN ${SECRET}\r\n`,
    `a LOGIN user ${SECRET} x\r\n`,
    `a LOGIN user "${SECRET}\r\n`,
    `a LOGIN user (${SECRET})\r\n`,
    `a LOGIN user {${SECRET.length + 1}+}\r\n${SECRET}\0\r\n`,
    `a LOGIN ${SECRET} {9000}\r\n`,
    `a LOGIN user {9000+}\r\n${SECRET}\r\n`,
    `a LOGIN user "${SECRET}${'x'.repeat(17_000)}"\r\n`,
    `a LOGINN user ${SECRET}\r\n`,
    `a\tLOGIN user ${SECRET}\r\n`,
    `LOGIN user ${SECRET}\r\n`,
    ` ${SECRET}\r\n* ${SECRET}\r\n`,
    `a ID ("${SECRET}")\r\n`,
    `a AUTHENTICATE PLAIN ${base64(SECRET)}\r\n`,
    `a AUTHENTICATE PLAIN ${base64(`\0user\0${SECRET}`)} x\r\n`,
    `a AUTHENTICATE PLAIN ${SECRET}\r\n`,
    `a AUTHENTICATE PLAIN\r\n${base64(`user\0${SECRET}`)}\r\n`,
    `a AUTHENTICATE PLAIN\r\n${SECRET}\r\n`,
    `a AUTHENTICATE LOGIN ${base64('user')}\r\n${SECRET}\r\n`,
    `a AUTHENTICATE LOGIN ${base64('user')}\r\n${base64(`${SECRET}\0`)}\r\n`,
    `a AUTHENTICATE ${base64(SECRET)}\r\n`,
  ];

  it.each(REFUSED)('tells nothing of the password to %j', (wire) => {
    const { replies, logins } = preLoginOutcome([Buffer.from(wire, 'latin1')]);
    expect(logins).toEqual([]);
    const lines = replies.split('\r\n').filter((line) => line !== '' && !line.startsWith('+ '));
    expect(lines).not.toEqual([]);
    for (const line of lines) {
      expect(line).toMatch(/^(?:[a-zA-Z*]+ (?:NO \[LIMIT\]|NO|BAD)|\* BYE \[(?:CLIENTBUG|TOOBIG)\]) [^[]+$/);
      expect(line).not.toContain(SECRET);
      expect(line).not.toContain(base64(SECRET).slice(0, -2));
    }
  });
});
