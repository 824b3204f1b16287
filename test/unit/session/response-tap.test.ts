import { describe, expect, it } from 'vitest';
import { LimitExceededError } from '../../../src/base/errors.ts';
import { differingCuts } from '../../support/cuts.ts';
import { ResponseTapRun } from '../../support/response-tap-run.ts';
import { RESPONSE_SAMPLES, wireOf } from '../../support/wire-samples.ts';
import { expectOutcome, outcomeOf, type TapSample } from './response-tap-sample.ts';

describe('ResponseTap', () => {
  it.each(RESPONSE_SAMPLES)('passes $name on octet by octet', (sample) => {
    const wire = wireOf(sample).toString('latin1');
    const tapped = { wire, commands: ['a1 NOOP', 'a2 NOOP', 'a3 NOOP'] };
    expect(outcomeOf(tapped, [wireOf(sample)]).received).toBe(wire);
    expect(differingCuts(wireOf(sample), (chunks) => outcomeOf(tapped, chunks))).toEqual([]);
  });

  it.each<TapSample>([
    { name: 'data and the tagged response', wire: '* 3 EXISTS\r\n* OK [CLOSED] x\r\na OK done\r\n' },
    { name: 'a tagged response without text', wire: 'a OK\r\n' },
    { name: 'a tagged response of lower case that ends in LF', wire: 'a ok x\n' },
    {
      name: 'answers out of order',
      commands: ['a NOOP', 'b NOOP', 'a NOOP'],
      wire: 'b OK\r\na NO x {3}\r\na BAD\r\n',
      told: ['b', 'a', 'a'],
    },
    {
      name: 'a tag that is the beginning of another',
      commands: ['a1 NOOP', 'a10 NOOP'],
      wire: 'a10 OK\r\n',
      told: ['a10'],
      isQuiet: false,
    },
    { name: 'a tag made of signs', commands: ['$1.$ NOOP'], wire: '$1.$ OK x\r\n', told: ['$1.$'] },
    {
      name: 'continuation requests',
      commands: ['a IDLE'],
      wire: '+ idling\r\n* 4 EXISTS\r\n+\r\n+OK {3}\r\na OK\r\n',
      told: ['+', '+', '+', 'a'],
    },
  ])('passes on and understands $name', (sample) => expectOutcome(sample));

  it.each<TapSample>([
    {
      name: 'a message',
      commands: ['a FETCH 1 BODY[]'],
      wire: '* 1 FETCH (BODY[] {33}\r\na OK done\r\n* BYE x\r\n+ go\r\nz OK\r\n)\r\na NO real\r\n',
    },
    {
      name: 'a mailbox name',
      commands: ['a LIST "" *'],
      wire: '* LIST () "/" {7}\r\na OK x\n\r\n',
      told: [],
      isQuiet: false,
    },
    {
      name: 'what follows a literal',
      commands: ['a FETCH 1 X'],
      wire: '* 1 FETCH (X {1}\r\nya OK done\r\n',
      told: [],
      isQuiet: false,
    },
  ])('takes nothing in $name for a response', (sample) => expectOutcome(sample));

  it.each<TapSample>([
    { name: 'a tag of nobody', wire: 'b OK done\r\na OK\r\n', obstacle: 'stray response' },
    { name: 'a second answer', wire: 'a OK done\r\na OK done\r\n', obstacle: 'stray response' },
    {
      name: 'a tag of another letter case',
      wire: 'A OK done\r\n',
      told: [],
      isQuiet: false,
      obstacle: 'stray response',
    },
    { name: 'an empty line', wire: '\r\na OK\r\n', obstacle: 'stray response' },
    { name: 'a line of no form', wire: 'a\r\na DONE\r\na OKAY\r\na OK\r\n', obstacle: 'stray response' },
    { name: 'BYE', wire: '* BYE going down\r\n', told: [], isQuiet: false, obstacle: 'bye' },
    { name: 'BYE in another letter case', wire: '* bye\r\na OK\r\n', obstacle: 'bye' },
  ])('passes on, but trusts the connection no more after, $name', (sample) => expectOutcome(sample));

  it('trusts a connection that says BYE in text or data only', () => {
    expectOutcome({
      wire: '* OK BYE\r\n* LIST () "/" BYE\r\n* 1 FETCH (X {7}\r\n* BYE\r\n)\r\na OK\r\n',
    });
  });

  it('passes a literal on as it comes, in the chunk itself', () => {
    const writes: Buffer[] = [];
    const run = new ResponseTapRun();
    run.toClient = (octets) => void writes.push(octets);
    run.feed(Buffer.from('* 1 FETCH (BODY[] {1000}\r\n'));
    const chunk = Buffer.alloc(500, 'x');
    run.feed(chunk);
    expect(writes).toHaveLength(2);
    expect(writes[1]).toBe(chunk);
    expect(run.tap.isAtBoundary).toBe(false);
  });

  it('holds the beginning of a line back until it is known', () => {
    const run = new ResponseTapRun(['a NOOP']);
    run.feed(Buffer.from('* 3 EXISTS\r\na O'));
    expect(run.outcome).toMatchObject({ received: '* 3 EXISTS\r\n', isAtBoundary: false });
  });

  it('passes on what came before a literal that is too large to count', () => {
    const run = new ResponseTapRun();
    const wire = '* 3 EXISTS\r\n* 1 FETCH (BODY[] {9007199254740992}\r\n';
    expect(() => run.feed(Buffer.from(wire))).toThrow(LimitExceededError);
    expect(run.outcome.received).toBe('* 3 EXISTS\r\n');
  });
});
