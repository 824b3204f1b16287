import { describe, expect, it } from 'vitest';
import { LimitExceededError } from '../../../src/base/errors.ts';
import { MAX_COMMAND_LINE_OCTETS, MAX_PENDING_COMMANDS } from '../../../src/protocol/limits.ts';
import { CommandTapRun } from '../../support/command-tap-run.ts';
import { differingCuts } from '../../support/cuts.ts';
import { answer } from '../../support/session-state-steps.ts';
import { COMMAND_SAMPLES, wireOf } from '../../support/wire-samples.ts';
import { expectOutcome, outcomeOf, type TapSample } from './command-tap-sample.ts';

const FORWARDED: readonly TapSample[] = [
  { name: 'pipelined commands', wire: 'a NOOP\r\nb SELECT INBOX\r\na FETCH 1 FLAGS\nc UID SEARCH ALL\r\n' },
  {
    name: 'APPEND with a literal that is taken',
    wire: 'a APPEND INBOX {9}\r\nx LOGOUT\n\r\nb NOOP\r\n',
    asked: ['literal a'],
    reactions: ['+'],
  },
  {
    name: 'APPEND with a non-synchronizing literal',
    wire: 'a APPEND INBOX {9+}\r\nx LOGOUT\n\r\nb NOOP\r\n',
  },
  {
    name: 'MULTIAPPEND with literals of both forms',
    wire: 'a APPEND x (\\Seen) {2}\r\nab {3+}\r\n\r\n) ~{0}\r\n\r\nb NOOP\r\n',
    asked: ['literal a', 'literal a'],
    reactions: ['+', '+'],
  },
  {
    name: 'a mailbox name sent before consent, as SquirrelMail does',
    wire: 'a LIST "" {11}\r\nINBOX.Trash\r\nb NOOP\r\n',
    asked: ['literal a'],
    reactions: ['+'],
  },
  {
    name: 'a refused APPEND and what then are commands',
    wire: 'a APPEND none {9}\r\nb SELECT x\r\n',
    asked: ['literal a'],
    reactions: ['NO'],
  },
  {
    name: 'APPEND refused at its second literal',
    wire: 'a APPEND x CATENATE (TEXT {1}\r\nx TEXT {9}\r\nb NOOP\r\n',
    asked: ['literal a', 'literal a'],
    reactions: ['+', 'NO'],
  },
  {
    name: 'a literal refused with BAD, after which nobody knows what is a command',
    wire: 'a APPEND none {9}\r\nb NOOP\r\n',
    asked: ['literal a'],
    reactions: ['BAD'],
    obstacle: 'framing in doubt',
  },
  {
    name: 'IDLE and the line that ends it',
    wire: 'a IDLE\r\nDONE\r\nb NOOP\r\nc idle\r\ndone\r\nd NOOP\r\n',
    asked: ['idle a', 'idle c'],
    reactions: ['+', '+'],
  },
  { name: 'IDLE that is refused', wire: 'a IDLE\r\nb NOOP\r\n', asked: ['idle a'], reactions: ['BAD'] },
  {
    name: 'IDLE ended by a line that looks like an announcement',
    wire: 'a IDLE\r\nDONE {5}\r\nb NOOP\r\n',
    asked: ['idle a'],
    reactions: ['+'],
    obstacle: 'framing in doubt',
  },
  {
    name: 'AUTHENTICATE and the lines that answer its challenges',
    wire: 'a AUTHENTICATE LOGIN\r\nbWU=\r\nbXk=\r\nb NOOP\r\n',
    secret: 'a AUTHENTICATE LOGIN\r\nbWU=\r\nbXk=\r\n',
    asked: ['challenge a', 'challenge a', 'challenge a'],
    reactions: ['+', '+', 'NO'],
    obstacle: 'lasting state',
  },
  {
    name: 'AUTHENTICATE that is refused',
    wire: 'a AUTHENTICATE PLAIN\r\nb NOOP\r\n',
    secret: 'a AUTHENTICATE PLAIN\r\n',
    asked: ['challenge a'],
    reactions: ['BAD'],
    obstacle: 'lasting state',
  },
  {
    name: 'a command that nobody knows',
    wire: 'a XYZZY {3+}\r\nabc\r\nb NOOP\r\n',
    obstacle: 'unknown command',
  },
  {
    name: 'LOGIN after login',
    wire: 'a NOOP\r\nb login u {3}\r\nabc {1+}\r\nx\r\nc NOOP\r\n',
    secret: 'b login u {3}\r\nabc {1+}\r\nx\r\n',
    asked: ['literal b'],
    reactions: ['+'],
    obstacle: 'unknown command',
  },
];

describe('CommandTap', () => {
  it.each(FORWARDED)('forwards $name', (sample) => expectOutcome(sample));

  it.each(COMMAND_SAMPLES)('forwards $name octet by octet, whatever it makes of it', (sample) => {
    const octets = wireOf(sample);
    const reactions = sample.consents?.map((consent) => (consent === 'accept' ? '+' : 'NO')) ?? [];
    const tapped = { name: sample.name, wire: octets.toString('latin1'), reactions };
    expect(outcomeOf(tapped, [octets]).sent).toBe(tapped.wire);
    expect(differingCuts(octets, (chunks) => outcomeOf(tapped, chunks))).toEqual([]);
  });

  it.each(['\r\n', ' a NOOP\r\n', 'a] NOOP\r\n', '+ NOOP\r\n', 'a{3}\r\n', '* OK\r\n', '\xff\r\n'])(
    'forwards the line %j, which nobody answers by tag, and trusts the connection no more',
    (junk) => {
      expectOutcome({ wire: `a NOOP\r\n${junk}b NOOP\r\n`, obstacle: 'framing in doubt' });
    },
  );

  it('waits for no answer to a line that is no command', () => {
    const run = new CommandTapRun();
    run.feed(Buffer.from('* NOOP\r\n x {3}\r\n {3+}\r\nabc\r\n'));
    expect(run.state.isQuiet).toBe(true);
    expect(run.outcome.asked).toEqual([]);
  });

  it('holds a command back until its line is whole, so that LOGOUT can still turn up', () => {
    const run = new CommandTapRun();
    run.feed(Buffer.from('a NOOP\r\nb LOG'));
    expect(run.outcome).toMatchObject({ sent: 'a NOOP\r\n', isAtBoundary: false });
    run.feed(Buffer.from('OUT\r\n'));
    expect(run.outcome).toMatchObject({ sent: 'a NOOP\r\n', asked: ['log out b'] });
  });

  it('passes a literal on as it comes', () => {
    const run = new CommandTapRun();
    run.feed(Buffer.from('a APPEND x {5+}\r\nab'));
    expect(run.outcome).toMatchObject({ sent: 'a APPEND x {5+}\r\nab', isAtBoundary: false });
  });

  it('writes what is in one chunk at once and without a copy', () => {
    const writes: Buffer[] = [];
    const run = new CommandTapRun();
    run.toServer = (octets) => void writes.push(octets);
    const chunk = Buffer.from('a NOOP\r\nb APPEND x {3+}\r\nabc\r\nc NOOP\r\n');
    run.tap.feed(chunk);
    expect(writes).toHaveLength(1);
    expect(writes[0]).toBe(chunk);
  });

  it('takes no more commands while as many are unanswered as may be', () => {
    const run = new CommandTapRun();
    const chunk = Buffer.from('a NOOP\r\n'.repeat(MAX_PENDING_COMMANDS + 1));
    expect(run.tap.feed(chunk)).toBe(8 * MAX_PENDING_COMMANDS);
    expect(run.state.isFull).toBe(true);
    answer(run.state, 'a OK');
    expect(run.tap.feed(chunk.subarray(8 * MAX_PENDING_COMMANDS))).toBe(8);
    expect(run.outcome.sent).toBe(chunk.toString());
  });

  it('refuses a line that is too long, after the commands before it have gone out', () => {
    const run = new CommandTapRun();
    run.feed(Buffer.from('a NOOP\r\n'));
    const long = `b NOOP\r\nc UID FETCH ${'1,'.repeat(MAX_COMMAND_LINE_OCTETS / 2)}1 FLAGS\r\n`;
    expect(() => run.feed(Buffer.from(long))).toThrow(LimitExceededError);
    expect(run.outcome.sent).toBe('a NOOP\r\nb NOOP\r\n');
  });

  it('forwards a set of 100 KiB, which is longer than real ones', () => {
    const wire = `a UID FETCH ${'1234567890,'.repeat(10_000)}1 FLAGS\r\n`;
    const run = new CommandTapRun();
    for (let at = 0; at < wire.length; at += 1_000) run.feed(Buffer.from(wire.slice(at, at + 1_000)));
    expect(run.outcome.sent).toBe(wire);
  });
});

describe('CommandTap in the middle of something', () => {
  it('knows when an IDLE is running', () => {
    const run = new CommandTapRun(['+']);
    run.feed(Buffer.from('a IDLE\r\n'));
    expect(run.outcome).toMatchObject({ isIdling: true, isAtBoundary: false });
    run.feed(Buffer.from('DONE\r\n'));
    expect(run.outcome).toMatchObject({ isIdling: false, isAtBoundary: true });
  });

  it('ends the IDLE of a client that has gone', () => {
    const run = new CommandTapRun(['+']);
    run.feed(Buffer.from('a IDLE\r\n'));
    run.tap.sendDone();
    expect(run.outcome).toMatchObject({ sent: 'a IDLE\r\nDONE\r\n', isIdling: false, isAtBoundary: true });
  });

  it('is at no boundary when a client goes in the middle of the line that ends its IDLE', () => {
    const run = new CommandTapRun(['+']);
    run.feed(Buffer.from('a IDLE\r\nDO'));
    run.tap.sendDone();
    expect(run.outcome.isAtBoundary).toBe(false);
  });

  it('reads a command again when the server ends an IDLE by itself', () => {
    const run = new CommandTapRun(['+']);
    run.feed(Buffer.from('a IDLE\r\n'));
    const [idle] = answer(run.state, 'a OK');
    if (idle !== undefined) run.tap.completed(idle);
    run.feed(Buffer.from('b LOGOUT\r\n'));
    expect(run.outcome).toMatchObject({ sent: 'a IDLE\r\n', asked: ['idle a', 'log out b'] });
  });

  it('goes on with an IDLE when an earlier command is answered', () => {
    const run = new CommandTapRun(['+']);
    run.feed(Buffer.from('a NOOP\r\nb IDLE\r\n'));
    const [noop] = answer(run.state, 'a OK');
    if (noop !== undefined) run.tap.completed(noop);
    expect(run.tap.isIdling).toBe(true);
  });

  it.each(['a NO', 'a APPEND x {3+}\r\n', 'a APPEND x {3+}\r\nab', 'a APPEND x {3+}\r\nabc', 'a X {0+}\r\n'])(
    'is at no boundary after %j',
    (wire) => {
      const run = new CommandTapRun();
      run.feed(Buffer.from(wire));
      expect(run.tap.isAtBoundary).toBe(false);
    },
  );

  it('is at no boundary while the literal of a refused command is still to come', () => {
    const run = new CommandTapRun();
    run.feed(Buffer.from('r COMPRESS {3+}\r\nab'));
    expect(run.tap.isAtBoundary).toBe(false);
    run.feed(Buffer.from('c\r\n'));
    expect(run.outcome).toMatchObject({ isAtBoundary: true, sent: '' });
  });
});
