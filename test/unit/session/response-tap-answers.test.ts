import { describe, expect, it } from 'vitest';
import { MAX_HELD_RESPONSE_OCTETS } from '../../../src/protocol/limits.ts';
import { CLEAN_VARIANT, enableVariant } from '../../../src/protocol/variants.ts';
import { differingCuts } from '../../support/cuts.ts';
import { ResponseTapRun } from '../../support/response-tap-run.ts';
import { begin } from '../../support/session-state-steps.ts';

const CONDSTORE = enableVariant('CONDSTORE');

/** What a client that has sent `commands` leaves behind when the server says `chunks`. */
function runOf(commands: readonly string[], chunks: Iterable<Buffer>): ResponseTapRun {
  const run = new ResponseTapRun(commands);
  for (const chunk of chunks) run.feed(chunk);
  return run;
}

const heard = (commands: readonly string[], wire: string): ResponseTapRun =>
  runOf(commands, [Buffer.from(wire, 'latin1')]);

describe('An answer', () => {
  it.each([
    ['a CAPABILITY', '* CAPABILITY IMAP4rev1 IDLE\r\n', 'OK Pre-login capabilities \xe4\r\n'],
    ['a ID ("name" "x")', '* ID ("name" "Dovecot")\r\n', 'OK ID completed (0.001 secs).\r\n'],
    ['a ID NIL', '* ID NIL\n', 'OK\n'],
    ['a NAMESPACE', '* namespace (("" "/")) NIL NIL\r\n', 'ok [X 1] done {3}\r\n'],
    ['a ENABLE CONDSTORE', '* ENABLED CONDSTORE\r\n', 'OK Enabled (0.001 secs).\r\n'],
    ['a ENABLE X-NOBODY', '', 'OK Nothing enabled\r\n'],
  ])('to %s is remembered in the words of the server, however they are cut', (command, untagged, ok) => {
    const wire = Buffer.from(`* 1 EXISTS\r\n${untagged}* OK still here\r\na ${ok}* 2 EXISTS\r\n`, 'latin1');
    const recalledFrom = (chunks: Iterable<Buffer>) => runOf([command], chunks).recalled(command);

    expect(recalledFrom([wire])).toEqual([untagged, ok]);
    expect(differingCuts(wire, recalledFrom)).toEqual([]);
  });

  it('with capabilities is remembered as the client has seen it, without those that are hidden', () => {
    const run = heard(['a CAPABILITY'], '* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE IDLE\r\na OK done\r\n');

    expect(run.recalled('b CAPABILITY')).toEqual(['* CAPABILITY IMAP4rev1 IDLE\r\n', 'OK done\r\n']);
    expect(run.outcome.received).toBe('* CAPABILITY IMAP4rev1 IDLE\r\na OK done\r\n');
  });

  it.each([
    ['it is NO', ['a CAPABILITY'], '* CAPABILITY IMAP4rev1\r\na NO later\r\n'],
    ['it is BAD', ['a NAMESPACE'], '* NAMESPACE NIL NIL NIL\r\na BAD what\r\n'],
    ['it goes on behind a literal', ['a NAMESPACE'], '* NAMESPACE (({1}\r\n/ "/")) NIL NIL\r\na OK\r\n'],
    [
      'it comes in two lines',
      ['a CAPABILITY'],
      '* CAPABILITY IMAP4rev1\r\n* CAPABILITY IMAP4rev1 IDLE\r\na OK\r\n',
    ],
    ['it does not come', ['a ID NIL'], 'a OK\r\n'],
    ['it came before it was asked for', ['a NOOP'], '* CAPABILITY IMAP4rev1\r\na OK\r\n'],
    ['its OK lists capabilities', ['a ID NIL'], '* ID NIL\r\na OK [CAPABILITY IMAP4rev1] done\r\n'],
    ['it is the OK alone', ['a CAPABILITY'], 'a OK [CAPABILITY IMAP4rev1 IDLE] done\r\n'],
  ])('is not remembered when %s, and the connection is of use all the same', (_, commands, wire) => {
    const run = heard(commands, wire);
    const asked = ['CAPABILITY', 'NAMESPACE', 'ID NIL'];

    expect(asked.map((command) => run.recalled(`b ${command}`))).toEqual(asked.map(() => undefined));
    expect(run.outcome).toMatchObject({ told: ['a'], obstacle: undefined, isQuiet: true });
  });

  it.each([
    ['* ID ("x" "', 'a ID NIL'],
    ['* NAMESPACE (("', 'a NAMESPACE'],
  ])('longer than what is held, beginning with %s, is not remembered', (start, command) => {
    const wire = Buffer.from(`${start}${'x'.repeat(2 * MAX_HELD_RESPONSE_OCTETS)}\r\na OK done\r\n`);
    const pieces = Array.from({ length: wire.length / 1000 + 1 }, (_, index) =>
      wire.subarray(index * 1000, (index + 1) * 1000),
    );
    const run = runOf([command], pieces);

    expect(run.recalled(command)).toBeUndefined();
    expect(run.outcome).toMatchObject({ told: ['a'], obstacle: undefined });
  });

  it('to a command with a literal is passed on, and not remembered', () => {
    const run = new ResponseTapRun();
    for (const command of begin(run.state, 'a ID {3}')) command.hasLiteral = true;
    run.feed(Buffer.from('* ID NIL\r\na OK\r\n'));
    expect(run.recalled('a ID {3}')).toBeUndefined();
  });

  it('that is asked for again takes the place of the one before', () => {
    const run = heard(['a CAPABILITY'], '* CAPABILITY IMAP4rev1\r\na OK one\r\n');
    begin(run.state, 'b CAPABILITY');
    run.feed(Buffer.from('* CAPABILITY IMAP4rev1 QUOTA\r\nb OK two\r\n'));
    expect(run.recalled('c CAPABILITY')).toEqual(['* CAPABILITY IMAP4rev1 QUOTA\r\n', 'OK two\r\n']);
  });
});

describe('Answers to what is asked at once', () => {
  it('are told apart by their names', () => {
    const run = heard(
      ['a ID NIL', 'b NAMESPACE', 'c ENABLE CONDSTORE', 'd CAPABILITY'],
      '* ID ("name" "x")\r\na OK ID\r\n* NAMESPACE NIL NIL NIL\r\nb OK NS\r\n' +
        '* ENABLED CONDSTORE\r\nc OK EN\r\n* CAPABILITY IMAP4rev1\r\nd OK CAP\r\n',
    );

    expect(run.recalled('x ID NIL')).toEqual(['* ID ("name" "x")\r\n', 'OK ID\r\n']);
    expect(run.recalled('x NAMESPACE')).toEqual(['* NAMESPACE NIL NIL NIL\r\n', 'OK NS\r\n']);
    expect(run.recalled('x ENABLE CONDSTORE')).toEqual(['* ENABLED CONDSTORE\r\n', 'OK EN\r\n']);
    expect(run.recalled('x CAPABILITY', CONDSTORE)).toEqual(['* CAPABILITY IMAP4rev1\r\n', 'OK CAP\r\n']);
    expect(run.state.obstacle).toBeUndefined();
  });

  it('are told apart when the server answers in another order', () => {
    const run = heard(
      ['a ID NIL', 'b NAMESPACE'],
      '* NAMESPACE NIL NIL NIL\r\n* ID NIL\r\nb OK NS\r\na OK ID\r\n',
    );

    expect(run.recalled('x ID NIL')).toEqual(['* ID NIL\r\n', 'OK ID\r\n']);
    expect(run.recalled('x NAMESPACE')).toEqual(['* NAMESPACE NIL NIL NIL\r\n', 'OK NS\r\n']);
  });

  it('are remembered for the state in which each was asked', () => {
    const run = heard(
      ['a CAPABILITY', 'b ENABLE CONDSTORE', 'c CAPABILITY'],
      '* CAPABILITY BEFORE\r\na OK 1\r\n* ENABLED CONDSTORE\r\nb OK 2\r\n* CAPABILITY AFTER\r\nc OK 3\r\n',
    );

    expect(run.recalled('x CAPABILITY', CLEAN_VARIANT)).toEqual(['* CAPABILITY BEFORE\r\n', 'OK 1\r\n']);
    expect(run.recalled('x CAPABILITY', CONDSTORE)).toEqual(['* CAPABILITY AFTER\r\n', 'OK 3\r\n']);
  });

  it('are remembered when two that ask the same are answered one after the other', () => {
    const run = heard(
      ['a CAPABILITY', 'b CAPABILITY'],
      '* CAPABILITY ONE\r\na OK 1\r\n* CAPABILITY TWO\r\nb OK 2\r\n',
    );
    expect(run.recalled('x CAPABILITY')).toEqual(['* CAPABILITY TWO\r\n', 'OK 2\r\n']);
  });

  it.each([
    ['two CAPABILITY', ['a CAPABILITY', 'b CAPABILITY'], '* CAPABILITY ONE\r\n* CAPABILITY TWO\r\n'],
    ['two ID that ask different things', ['a ID NIL', 'b ID ("x" "y")'], '* ID ("a" "1")\r\n* ID NIL\r\n'],
  ])('are not remembered where two lines answer %s', (_, commands, untagged) => {
    const run = heard(commands, `${untagged}a OK\r\nb OK\r\n`);
    expect(commands.map((command) => run.recalled(command))).toEqual([undefined, undefined]);
    expect(run.outcome).toMatchObject({ told: ['a', 'b'], obstacle: undefined });
  });
});

describe('An ENABLE', () => {
  it.each([
    ['NO', '* ENABLED CONDSTORE\r\na NO\r\n'],
    ['BAD', 'a BAD\r\n'],
    ['two lines', '* ENABLED CONDSTORE\r\n* enabled X\r\na OK\r\n'],
    ['new capabilities in its OK', '* ENABLED CONDSTORE\r\na OK [CAPABILITY IMAP4rev1] done\r\n'],
  ])('whose answer is %s is not remembered, and the connection is of no use to others', (_, wire) => {
    const run = heard(['a ENABLE CONDSTORE'], wire);
    expect(run.recalled('b ENABLE CONDSTORE')).toBeUndefined();
    expect(run.outcome).toMatchObject({ received: wire, told: ['a'], obstacle: 'lasting state' });
  });

  it('is remembered by what was said while it was asked', () => {
    const run = heard(['a NOOP'], '* ENABLED EARLY\r\na OK\r\n');
    begin(run.state, 'b ENABLE X');
    run.feed(Buffer.from('* ENABLED X\r\nb OK\r\n* ENABLED LATE\r\n'));
    expect(run.recalled('c ENABLE X')).toEqual(['* ENABLED X\r\n', 'OK\r\n']);
  });

  it('that was not asked for is not remembered', () => {
    const run = heard(['a NOOP'], '* ENABLED CONDSTORE\r\na OK\r\n');
    expect(run.recalled('a ENABLE CONDSTORE')).toBeUndefined();
  });
});
