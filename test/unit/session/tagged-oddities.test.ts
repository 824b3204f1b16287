import { describe, expect, it } from 'vitest';
import { MAX_HELD_RESPONSE_OCTETS } from '../../../src/protocol/limits.ts';
import { ResponseTapRun } from '../../support/response-tap-run.ts';

describe('ResponseTap', () => {
  it.each(['a BYE x\r\n', 'a PREAUTH x\r\n'])(
    'takes %j, which is never tagged, for no completion',
    (line) => {
      const run = new ResponseTapRun(['a NOOP']);
      run.feed(Buffer.from(line));
      expect(run.outcome).toMatchObject({ received: line, told: [], obstacle: 'stray response' });
    },
  );

  it('remembers no ENABLE whose answer it has not seen whole', () => {
    const run = new ResponseTapRun(['a ENABLE CONDSTORE']);
    const wire = Buffer.from(`a OK ${'x'.repeat(2 * MAX_HELD_RESPONSE_OCTETS)}\r\n`);
    for (let at = 0; at < wire.length; at += 1000) run.feed(wire.subarray(at, at + 1000));
    expect(run.outcome).toMatchObject({ told: ['a'], obstacle: 'lasting state' });
    expect(run.recalled('a ENABLE CONDSTORE')).toBeUndefined();
  });
});
