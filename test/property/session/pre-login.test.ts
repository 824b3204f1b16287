import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatString } from '../../../src/protocol/astring.ts';
import { cutAt, transient } from '../../support/cuts.ts';
import { preLoginOutcome } from '../../support/pre-login-run.ts';

const octets = fc
  .array(
    fc.oneof(
      fc.constantFrom('"', '\\', '{4}\r\n', '\r\n', 'x LOGOUT\r\n', ' ', '(', '='),
      fc.integer({ min: 1, max: 255 }).map((octet) => String.fromCharCode(octet)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const name = octets.filter((text) => text !== '');
const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 10 });
/** What a client may have pipelined behind its login. */
const behind = fc.constantFrom('', 'b NOOP\r\n', 'b APPEND x {3+}\r\nabc\r\nc LOGOUT\r\n', 'b SEL');

const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

function written(text: string, literal: 'synchronizing' | 'non-synchronizing'): string {
  const formatted = formatString(Buffer.from(text, 'latin1'), literal);
  return formatted.literal === undefined ? formatted.text : `${formatted.text}\r\n${text}`;
}

/** The ways to say who one is, each as what the client sends up to the end of its login. */
const FORMS: Readonly<Record<string, (user: string, password: string) => string>> = {
  'LOGIN with quoted strings or literals': (user, password) =>
    `LOGIN ${written(user, 'synchronizing')} ${written(password, 'synchronizing')}`,
  'LOGIN with non-synchronizing literals': (user, password) =>
    `login  ${written(user, 'non-synchronizing')} ${written(password, 'non-synchronizing')} `,
  'AUTHENTICATE PLAIN with an initial response': (user, password) =>
    `AUTHENTICATE PLAIN ${base64(`\0${user}\0${password}`)}`,
  'AUTHENTICATE PLAIN': (user, password) =>
    `AUTHENTICATE plain\r\n${base64(`${user}\0${user}\0${password}`)}`,
  'AUTHENTICATE LOGIN': (user, password) => `AUTHENTICATE LOGIN\r\n${base64(user)}\r\n${base64(password)}`,
};

describe('PreLogin', () => {
  it.each(Object.entries(FORMS))('reads any name and password from %s, however they are cut', (_, form) => {
    fc.assert(
      fc.property(name, octets, behind, cuts, (user, password, rest, positions) => {
        const wire = Buffer.from(`a ${form(user, password)}\r\n${rest}`, 'latin1');
        expect(preLoginOutcome(transient(cutAt(wire, positions)))).toMatchObject({
          logins: [{ tag: 'a', user, authorization: undefined, password }],
          left: undefined,
          rest,
        });
      }),
      { numRuns: 300 },
    );
  });

  it('answers any octets in whole lines, and the same at every cut', () => {
    const any = fc
      .array(
        fc.oneof(
          fc.constantFrom(
            'a ',
            'b NOOP\r\n',
            'LOGIN ',
            'AUTHENTICATE ',
            'PLAIN ',
            'AHUAcA==',
            'ID (',
            'u ',
            '"',
          ),
          fc.constantFrom(
            '\r\n',
            '\n',
            '{1}\r\n',
            '{2+}\r\n',
            '{9999}\r\n',
            '*',
            '=',
            ' ',
            '\0',
            '\xff',
            'x',
            ')',
          ),
        ),
        { maxLength: 25 },
      )
      .map((parts) => Buffer.from(parts.join(''), 'latin1'));
    fc.assert(
      fc.property(any, cuts, (wire, positions) => {
        const outcome = preLoginOutcome([wire], { refusesLogins: true });
        expect(preLoginOutcome(transient(cutAt(wire, positions)), { refusesLogins: true })).toEqual(outcome);
        for (const line of outcome.replies.split(/(?<=\r\n)/)) {
          expect(line).toMatch(/^(?:|\+ [^\r\n]*\r\n|\S+ (?:[A-Z]+ [^\r\n]+)\r\n)$/);
        }
      }),
      { numRuns: 1_500 },
    );
  });
});
