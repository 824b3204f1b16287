import { describe, expect, it } from 'vitest';
import { LimitExceededError } from '../../../src/base/errors.ts';
import { Fragmenter, type FragmentRules } from '../../../src/protocol/fragmenter.ts';
import { MAX_LITERAL_OCTETS } from '../../../src/protocol/limits.ts';
import { chunkingsOf, differingCuts, transient } from '../../support/cuts.ts';
import { RecordedFragments } from '../../support/recorded-fragments.ts';
import { type Fragment, line, literal, more, type WireSample, wireOf } from '../../support/wire-samples.ts';

const LIMIT = 40;
const REFUSING: FragmentRules = { direction: 'command', maxLineOctets: LIMIT, longLines: 'refuse' };
const STREAMING: FragmentRules = { direction: 'response', maxLineOctets: LIMIT, longLines: 'stream' };
const MiB = 1024 * 1024;

const accept = () => 'accept' as const;

/** A line of `octets` octets, CR LF included. */
const lineOf = (octets: number, end = '') => `* X ${'x'.repeat(octets - 6 - end.length)}${end}\r\n`;

/** What a fragmenter says, or which limit it names when it gives up. */
function outcomeOf(rules: FragmentRules, chunks: Iterable<Buffer>): readonly Fragment[] | string {
  const recorded = new RecordedFragments(rules, accept);
  try {
    for (const chunk of chunks) recorded.feed(chunk);
  } catch (error) {
    if (!(error instanceof LimitExceededError)) throw error;
    return error.limit;
  }
  return recorded.fragments;
}

describe('Fragmenter that refuses long lines', () => {
  it.each(['\r\n', '\n'])('takes a line just as long as the limit, ended by %j, at every cut', (ending) => {
    const octets = `${'x'.repeat(LIMIT - ending.length)}${ending}`;
    expect(outcomeOf(REFUSING, [Buffer.from(octets)])).toEqual([line(octets)]);
    expect(differingCuts(Buffer.from(octets), (chunks) => outcomeOf(REFUSING, chunks))).toEqual([]);
  });

  it('refuses a line one octet longer at every cut', () => {
    const octets = Buffer.from(lineOf(LIMIT + 1));
    expect(outcomeOf(REFUSING, [octets])).toBe('line');
    expect(differingCuts(octets, (chunks) => outcomeOf(REFUSING, chunks))).toEqual([]);
  });

  it('refuses a line behind a literal by the same limit, counted from the literal on', () => {
    const command = `a X {3+}\r\nabc${lineOf(LIMIT)}`;
    expect(outcomeOf(REFUSING, [Buffer.from(command)])).toHaveLength(3);
    expect(outcomeOf(REFUSING, [Buffer.from(`a X {3+}\r\nabc${lineOf(LIMIT + 1)}`)])).toBe('line');
  });

  it('reports the commands before the line that it refuses', () => {
    const recorded = new RecordedFragments(REFUSING, accept);
    expect(() => recorded.feed(Buffer.from(`a NOOP\r\n${lineOf(LIMIT + 1)}`))).toThrow(LimitExceededError);
    expect(recorded.fragments).toEqual([line('a NOOP\r\n')]);
  });

  it('holds no more than the limit of a line that never ends', () => {
    const recorded = new RecordedFragments(REFUSING, accept);
    for (let octets = 0; octets < LIMIT; octets += 1) recorded.feed(Buffer.from('x'));
    expect(() => recorded.feed(Buffer.from('x'))).toThrow(
      expect.objectContaining({ limit: 'line', octets: LIMIT }),
    );
  });
});

const LONG_LINES: readonly WireSample[] = [
  { name: 'a line just as long as the limit', fragments: [line(lineOf(LIMIT)), line('a OK\r\n')] },
  { name: 'a line longer by one octet', fragments: [line(lineOf(LIMIT + 1)), line('a OK\r\n')] },
  { name: 'a long line', fragments: [line(lineOf(3 * LIMIT)), line('a OK\r\n')] },
  { name: 'a long tagged line', fragments: [line(`a OK ${lineOf(2 * LIMIT)}`), line('b OK\r\n')] },
  {
    name: 'a long line with a marker at its end',
    fragments: [line(lineOf(2 * LIMIT, '{5}')), literal('\r\nb O'), more(')\r\n'), line('a OK\r\n')],
  },
  {
    name: 'a long line with a marker before LF alone',
    fragments: [line(`* X ${'x'.repeat(LIMIT)} {2}\n`), literal('ab'), more('\n'), line('a OK\n')],
  },
  {
    name: 'a long line with the longest marker',
    fragments: [line(lineOf(LIMIT, '~{00000000000000000005}')), literal('abcde'), more('\r\n')],
  },
  {
    name: 'a line whose last octets go over the limit with a marker',
    fragments: [line(lineOf(LIMIT + 2, '{5}')), literal('abcde'), more('\r\n'), line('a OK\r\n')],
  },
  {
    name: 'long text behind a literal with another marker at its end',
    fragments: [
      line('* X {2}\r\n'),
      literal('ab'),
      more(` ${lineOf(2 * LIMIT, '{1}')}`),
      literal('c'),
      more('\r\n'),
      line('a OK\r\n'),
    ],
  },
  {
    name: 'long status lines that end like markers',
    fragments: [
      line(`* OK ${lineOf(LIMIT, '{3}')}`),
      line(`a NO ${lineOf(LIMIT, '{3}')}`),
      line(`+ ${lineOf(LIMIT, '{3}')}`),
      line('a OK\r\n'),
    ],
  },
  ...['{3} ', '{3+}', '{3}x', '3}', '{}'].map((text) => ({
    name: `a long line that ends in ${JSON.stringify(text)}`,
    fragments: [line(lineOf(2 * LIMIT, text)), line('a OK\r\n')],
  })),
];

describe('Fragmenter that streams long lines', () => {
  it.each(LONG_LINES)('takes $name apart wherever it is cut', (sample) => {
    expect(outcomeOf(STREAMING, [wireOf(sample)])).toEqual(sample.fragments);
    expect(differingCuts(wireOf(sample), (chunks) => outcomeOf(STREAMING, chunks))).toEqual([]);
  });

  it.each(LONG_LINES)(
    'takes $name apart when two cuts fall into the last octets of its first line',
    (sample) => {
      const octets = wireOf(sample);
      const end = octets.indexOf('\n') + 1;
      const expected = JSON.stringify(sample.fragments);
      const start = Math.max(0, end - LIMIT);
      for (let first = start; first < end; first += 1) {
        for (let second = first; second <= end; second += 1) {
          const chunks = [octets.subarray(0, first), octets.subarray(first, second), octets.subarray(second)];
          expect(JSON.stringify(outcomeOf(STREAMING, transient(chunks)))).toBe(expected);
        }
      }
    },
  );

  it.each(LONG_LINES)('never holds more than the limit of $name', (sample) => {
    for (const chunks of chunkingsOf(wireOf(sample))) {
      const recorded = new RecordedFragments(STREAMING, accept);
      let fed = 0;
      for (const chunk of chunks) {
        recorded.feed(chunk);
        fed += chunk.length;
        expect(fed - recorded.octets).toBeLessThanOrEqual(LIMIT);
      }
    }
  });

  it('passes a long line on in parts of which the first is longer than the limit', () => {
    const recorded = new RecordedFragments(STREAMING, accept);
    for (const octet of Buffer.from(lineOf(3 * LIMIT))) recorded.feed(Buffer.of(octet));
    expect(recorded.firstParts).toEqual([LIMIT + 1]);
  });

  it('is at no boundary inside a long line, and is again behind it', () => {
    const recorded = new RecordedFragments(STREAMING, accept);
    recorded.feed(Buffer.from(lineOf(2 * LIMIT).slice(0, -1)));
    expect(recorded.isAtBoundary).toBe(false);
    recorded.feed(Buffer.from('\n'));
    expect(recorded.isAtBoundary).toBe(true);
  });
});

describe('Fragmenter over huge literals', () => {
  /** Announces a literal and feeds it in chunks of one buffer, then the end of the response. */
  function feedLiteral(octets: number): { readonly pieces: number; readonly copies: number } {
    const chunk = Buffer.alloc(MiB, 'x');
    let pieces = 0;
    let copies = 0;
    let left = octets;
    const fragmenter = new Fragmenter(STREAMING, {
      onLine() {},
      onLinePart() {},
      onLiteral(source, start, end, remaining) {
        pieces += 1;
        left -= end - start;
        if (source !== chunk && end - start === MiB) copies += 1;
        if (remaining !== left) throw new Error(`${remaining} octets remain where ${left} should`);
      },
    });
    fragmenter.feed(Buffer.from(`* 1 FETCH (BODY[] {${octets}}\r\n`));
    for (let fed = 0; fed + MiB <= octets; fed += MiB) fragmenter.feed(chunk);
    fragmenter.feed(chunk.subarray(0, octets % MiB));
    expect(left).toBe(0);
    expect(fragmenter.isAtBoundary).toBe(false);
    fragmenter.feed(Buffer.from(')\r\n'));
    expect(fragmenter.isAtBoundary).toBe(true);
    return { pieces, copies };
  }

  it.each([2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 5])(
    'counts %d octets exactly, reports each chunk at once and copies none',
    (octets) => {
      expect(feedLiteral(octets)).toEqual({ pieces: Math.ceil(octets / MiB), copies: 0 });
    },
  );

  it('counts down from the largest literal that can be counted exactly', () => {
    const remains: number[] = [];
    const fragmenter = new Fragmenter(REFUSING, {
      onLine() {},
      onLinePart() {},
      onLiteral: (_source, _start, _end, remaining) => void remains.push(remaining),
    });
    fragmenter.feed(Buffer.from(`a X {${MAX_LITERAL_OCTETS}+}\r\nabc`));
    expect(remains).toEqual([2 ** 53 - 4]);
  });

  it.each(['9007199254740992', '9007199254740993', '99999999999999999999', '18446744073709551615'])(
    'refuses a literal of %s octets in both directions',
    (octets) => {
      for (const marker of [`{${octets}}`, `{${octets}+}`, `~{${octets}}`]) {
        expect(outcomeOf(REFUSING, [Buffer.from(`a X ${marker}\r\n`)])).toBe('MAX_LITERAL_OCTETS');
      }
      expect(outcomeOf(STREAMING, [Buffer.from(`* X {${octets}}\r\n`)])).toBe('MAX_LITERAL_OCTETS');
    },
  );
});
