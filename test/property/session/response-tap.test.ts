import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_HELD_RESPONSE_OCTETS } from '../../../src/protocol/limits.ts';
import { cutAt, transient } from '../../support/cuts.ts';
import { ResponseTapRun } from '../../support/response-tap-run.ts';

/** A piece of what a server says, and what the client and the relay must hear of it. */
interface Piece {
  readonly wire: string;
  readonly received: string;
  readonly told: readonly string[];
}

const TAGS = ['a', 'a1', 'a10', '$1.$'];
const ending = fc.constantFrom('\r\n', '\n');
const octets = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'a OK done\r\n',
        '* BYE\r\n',
        '+ x\r\n',
        '{3}\r\n',
        '\n',
        ')',
        '* CAPABILITY COMPRESS=X\r\n',
      ),
      fc.nat({ max: 255 }).map((octet) => String.fromCharCode(octet)),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const passed = (wire: string, told: readonly string[] = []): Piece => ({ wire, received: wire, told });

const data = fc
  .tuple(
    fc.constantFrom('3 EXISTS', 'LIST () "/" x', 'X a OK', 'OK [CLOSED] {3}', 'NO {9}', 'FLAGS (\\x)'),
    ending,
  )
  .map(([text, end]) => passed(`* ${text}${end}`));
const literals = fc
  .tuple(octets, octets, ending)
  .map(([one, two, end]) =>
    passed(`* 1 FETCH (X {${one.length}}${end}${one} Y ~{${two.length}}${end}${two} a OK)${end}`),
  );
const long = fc
  .tuple(
    fc.integer({ min: MAX_HELD_RESPONSE_OCTETS - 20, max: MAX_HELD_RESPONSE_OCTETS + 20 }),
    octets,
    ending,
  )
  .map(([length, literal, end]) =>
    passed(`* SEARCH${' 1'.repeat(length / 2)} {${literal.length}}${end}${literal}${end}`),
  );
const request = ending.map((end) => passed(`+ go {3}${end}`, ['+']));
const listed = fc
  .tuple(fc.constantFrom('* CAPABILITY A', '* OK [CAPABILITY A', '* ok [capability A'), ending)
  .map(([start, end]): Piece => {
    const stop = start.includes('[') ? '] COMPRESS=Y' : '';
    return {
      wire: `${start} COMPRESS=X B STARTTLS${stop}${end}`,
      received: `${start} B${stop}${end}`,
      told: [],
    };
  });
/** The answers to all commands, each at some place. */
const answers = fc
  .shuffledSubarray(TAGS, { minLength: TAGS.length })
  .map((tags) => tags.map((tag) => passed(`${tag} OK [X 1] done {3}\r\n`, [tag])));

const conversation = fc
  .tuple(fc.array(fc.oneof(data, literals, request, listed), { maxLength: 8 }), answers, fc.option(long))
  .chain(([pieces, tagged, last]) =>
    fc
      .array(fc.nat({ max: pieces.length }), { minLength: tagged.length, maxLength: tagged.length })
      .map((places) => {
        const all: Piece[] = last === null ? [...pieces] : [...pieces, last];
        tagged.forEach((answer, index) => void all.splice(places[index] ?? 0, 0, answer));
        return all;
      }),
  );

describe('ResponseTap', () => {
  it('passes on all that a server says but hidden capabilities, however the octets are cut', () => {
    fc.assert(
      fc.property(
        conversation,
        fc.array(fc.nat({ max: 400 }), { maxLength: 10 }),
        fc.array(fc.nat({ max: 20_000 }), { maxLength: 3 }),
        (pieces, cuts, farCuts) => {
          const run = new ResponseTapRun(TAGS.map((tag) => `${tag} NOOP`));
          const wire = Buffer.from(pieces.map((piece) => piece.wire).join(''), 'latin1');
          for (const chunk of transient(cutAt(wire, [...cuts, ...farCuts]))) run.feed(chunk);
          const { received, ...outcome } = run.outcome;
          expect(received === pieces.map((piece) => piece.received).join('')).toBe(true);
          expect(outcome).toEqual({
            told: pieces.flatMap(({ told }) => told),
            obstacle: undefined,
            isQuiet: true,
            isAtBoundary: true,
          });
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('passes any octets on untouched as soon as they make up whole responses', () => {
    const any = fc.array(
      fc.oneof(
        fc.constantFrom('* ', 'a ', 'OK ', 'BYE', '+', '{1}\r\n', '\r\n', '\n'),
        fc.constantFrom('{', '1', '}'),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(any, fc.array(fc.nat({ max: 100 }), { maxLength: 5 }), (parts, cuts) => {
        const run = new ResponseTapRun(['a NOOP']);
        const wire = parts.join('');
        for (const chunk of transient(cutAt(Buffer.from(wire), cuts))) run.feed(chunk);
        const { received, isAtBoundary } = run.outcome;
        expect(wire.startsWith(received)).toBe(true);
        expect(wire.slice(received.length)).not.toContain('\n');
        if (isAtBoundary) expect(received).toBe(wire);
      }),
      { numRuns: 1_000 },
    );
  });
});
