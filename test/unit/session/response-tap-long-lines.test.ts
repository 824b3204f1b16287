import { describe, expect, it } from 'vitest';
import { LimitExceededError } from '../../../src/base/errors.ts';
import { MAX_HELD_RESPONSE_OCTETS } from '../../../src/protocol/limits.ts';
import { cutAt, transient } from '../../support/cuts.ts';
import { ResponseTapRun } from '../../support/response-tap-run.ts';
import { outcomeOf, type TapSample } from './response-tap-sample.ts';

describe('ResponseTap and lines longer than it holds', () => {
  /** Long enough to need parts at every cut but none. */
  const LONG = `1 ${'1,'.repeat(MAX_HELD_RESPONSE_OCTETS)}1 1`;

  const SAMPLES: readonly TapSample[] = [
    {
      name: 'a tagged OK with COPYUID',
      wire: `* 1 EXISTS\r\na OK [COPYUID ${LONG}] done {3}\r\n* 2 EXISTS\r\n`,
    },
    { name: 'untagged data', wire: `* SEARCH ${LONG}\r\na OK\r\n` },
    { name: 'untagged data with a literal at the end', wire: `* X ${LONG} {10}\r\na OK done\n)\r\na OK\r\n` },
    { name: 'more of a response behind a literal', wire: `* X {1}\r\nya OK ${LONG}\r\na OK\r\n` },
    { name: 'a continuation request', commands: ['a IDLE'], wire: `+ ${LONG}\r\na OK\r\n`, told: ['+', 'a'] },
    { name: 'BYE', wire: `* BYE ${LONG}\r\na OK\r\n`, obstacle: 'bye' },
    { name: 'an answer to nobody', wire: `b OK ${LONG}\r\na OK\r\n`, obstacle: 'stray response' },
    { name: 'a line of no form', wire: `a ${LONG}\r\na OK\r\n`, obstacle: 'stray response' },
    { name: 'two lines', wire: `* SEARCH ${LONG}\r\n* SEARCH ${LONG}\r\na OK [COPYUID ${LONG}]\r\n` },
  ];

  it.each(SAMPLES)('passes on and understands $name', (sample) => {
    const octets = Buffer.from(sample.wire);
    const cuts: number[][] = [[], [1], [MAX_HELD_RESPONSE_OCTETS], [MAX_HELD_RESPONSE_OCTETS + 1]];
    for (const { index } of sample.wire.matchAll(/\n/g)) {
      for (let at = Math.max(0, index - 40); at <= index + 1; at += 1) cuts.push([20_000, at]);
    }
    for (const size of [1_000, 1_460, 16_384, 16_385]) {
      cuts.push(Array.from({ length: octets.length / size }, (_, index) => (index + 1) * size));
    }
    for (const positions of cuts) {
      const { received, ...outcome } = outcomeOf(sample, transient(cutAt(octets, positions)));
      // Not by toBe, which would print 64 KiB twice.
      expect(received === sample.wire).toBe(true);
      expect(outcome).toEqual({
        told: sample.told ?? ['a'],
        obstacle: sample.obstacle,
        isQuiet: true,
        isAtBoundary: true,
      });
    }
  });

  it('passes a long line on long before its end has come', () => {
    const run = new ResponseTapRun(['a NOOP']);
    run.feed(Buffer.from(`* SEARCH ${LONG}`));
    expect(run.outcome.received).toHaveLength(LONG.length + 9);
    expect(run.outcome.isAtBoundary).toBe(false);
  });

  it.each(['* CAPABILITY ', '* OK [CAPABILITY ', '* ok [capability ', 'a OK [CAPABILITY '])(
    'gives up rather than show any of a list too long to be filtered: %s',
    (start) => {
      const run = new ResponseTapRun(['a NOOP']);
      const list = Buffer.from(`* 1 EXISTS\r\n${start}IMAP4rev1 ${LONG} COMPRESS=DEFLATE`);
      expect(() => {
        for (const chunk of cutAt(list, [1_000, 16_000, 17_000, 20_000])) run.feed(chunk);
      }).toThrow(LimitExceededError);
      expect(run.outcome.received).toBe('* 1 EXISTS\r\n');
    },
  );
});
