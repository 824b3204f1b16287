import { expect, it } from 'vitest';
import { MAX_HELD_RESPONSE_OCTETS } from '../../../src/protocol/limits.ts';
import { ResponseTapRun } from '../../support/response-tap-run.ts';
import { begin } from '../../support/session-state-steps.ts';

it('does not take the line of a question that was answered NO for the answer to the next', () => {
  const run = new ResponseTapRun(['a ID NIL']);
  run.feed(Buffer.from('* ID ("stale" "1")\r\na NO later\r\n'));
  begin(run.state, 'b ID ("x" "y")');
  run.feed(Buffer.from('b OK\r\n'));
  expect(run.recalled('c ID ("x" "y")')).toBeUndefined();
});

it('remembers the answer to a question whose predecessor was answered NO', () => {
  const run = new ResponseTapRun(['a CAPABILITY']);
  run.feed(Buffer.from('* CAPABILITY X\r\na NO later\r\n'));
  begin(run.state, 'b CAPABILITY');
  run.feed(Buffer.from('* CAPABILITY Y\r\nb OK\r\n'));
  expect(run.recalled('c CAPABILITY')).toEqual(['* CAPABILITY Y\r\n', 'OK\r\n']);
});

it('does not take an ENABLED too long to be held for none at all', () => {
  const run = new ResponseTapRun(['a ENABLE X']);
  const wire = Buffer.from(`* ENABLED X${' Y'.repeat(MAX_HELD_RESPONSE_OCTETS)}\r\n`);
  for (let at = 0; at < wire.length; at += 1000) run.feed(wire.subarray(at, at + 1000));
  run.feed(Buffer.from('a OK\r\n'));
  expect(run.recalled('c ENABLE X')).toBeUndefined();
});
