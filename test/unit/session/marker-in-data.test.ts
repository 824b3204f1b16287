import { describe, expect, it } from 'vitest';
import { CommandTapRun } from '../../support/command-tap-run.ts';
import { differingCuts } from '../../support/cuts.ts';
import { PreLoginRun } from '../../support/pre-login-run.ts';

function outcomeOf(wire: string) {
  const run = new PreLoginRun();
  run.feed(Buffer.from(wire));
  return run.outcome;
}

describe('A line that answers a challenge, and ends as if it announced a literal,', () => {
  it.each(['{5+}', '{5}', 'AGZvbwBiYXI={2+}'])('is no base64, and the next line is a command: %s', (line) => {
    const { replies, logins } = outcomeOf(`a AUTHENTICATE PLAIN\r\n${line}\r\nb NOOP\r\n`);
    expect(replies).toBe('+ \r\na BAD Invalid base64 data\r\nb OK Completed\r\n');
    expect(logins).toEqual([]);
  });

  it('is no name for the mechanism LOGIN', () => {
    const { replies, logins } = outcomeOf('a AUTHENTICATE LOGIN\r\n{5}\r\ncGFzcw==\r\n');
    expect(replies).toContain('a BAD Invalid base64 data\r\n');
    expect(logins).toEqual([]);
  });
});

describe('A literal', () => {
  it('is no initial response', () => {
    expect(outcomeOf('a AUTHENTICATE PLAIN {8}\r\n').replies).toBe(
      'a BAD Unexpected argument to Authenticate\r\n',
    );
  });

  it.each(['a LOGIN bob{3+}\r\npw1\r\n', 'a LOGIN bob~{3+}\r\npw1\r\n', 'a LOGIN bob ~{3+}\r\npw1\r\n'])(
    'that is glued to an atom is no argument of a login: %j',
    (wire) => {
      const { replies, logins } = outcomeOf(wire);
      expect(replies).toBe('a BAD Missing required argument to Login\r\n');
      expect(logins).toEqual([]);
    },
  );
});

describe('CommandTap', () => {
  it('sees a command behind the line that ends an IDLE, whatever that line ends in, at every cut', () => {
    const wire = Buffer.from('a IDLE\r\nx {5+}\r\nb LOGOUT\r\n');
    expect(
      differingCuts(wire, (chunks) => {
        const run = new CommandTapRun(['+']);
        for (const chunk of chunks) run.feed(chunk);
        return run.outcome.asked.join();
      }),
    ).toEqual([]);
    const whole = new CommandTapRun(['+']);
    whole.feed(wire);
    expect(whole.outcome).toMatchObject({ asked: ['idle a', 'log out b'], obstacle: 'framing in doubt' });
  });

  it.each([
    ['a ENABLE {9+}\r\nCONDSTORE\r\n', 'lasting state'],
    ['a IDLE {100}\r\n', 'framing in doubt'],
  ])('does not trust the connection after %j', (wire, obstacle) => {
    const run = new CommandTapRun(['+']);
    run.feed(Buffer.from(wire));
    expect(run.outcome.obstacle).toBe(obstacle);
  });
});
