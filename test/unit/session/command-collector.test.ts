import { describe, expect, it } from 'vitest';
import { LimitExceededError } from '../../../src/base/errors.ts';
import {
  MAX_LOGIN_COMMAND_OCTETS,
  MAX_LOGIN_LINE_OCTETS,
  MAX_LOGIN_LITERAL_OCTETS,
} from '../../../src/protocol/limits.ts';
import { CommandCollector } from '../../../src/session/command-collector.ts';
import { differingCuts } from '../../support/cuts.ts';

/** Commands as `text`, literal, text, ...; then the refusal, if there was one; and `+` for each literal asked for. */
type Collected = string | readonly (string | undefined)[];

function collect(chunks: Iterable<Buffer>): readonly Collected[] {
  const seen: Collected[] = [];
  const collector = new CommandCollector(() => void seen.push('+'));
  for (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length) {
      at += collector.feed(chunk.subarray(at));
      const command = collector.take();
      if (command === undefined) continue;
      const parts = command.segments.flatMap(({ text, literal }) => [
        String(text),
        literal?.toString('latin1'),
      ]);
      seen.push([...parts.slice(0, -1), command.refusal].filter((part) => part !== undefined));
    }
  }
  return seen;
}

function expectCollected(wire: string, expected: readonly Collected[]): void {
  const octets = Buffer.from(wire, 'latin1');
  expect(collect([octets])).toEqual(expected);
  expect(differingCuts(octets, collect)).toEqual([]);
}

describe('CommandCollector', () => {
  it('gives one command after another, without their line endings', () => {
    expectCollected('a NOOP\r\nb NOOP x\n\r\nc {5} \r\n', [['a NOOP'], ['b NOOP x'], [''], ['c {5} ']]);
  });

  it('returns behind each command, so that nothing of the next is taken before this one is handled', () => {
    const collector = new CommandCollector(() => {});
    const chunk = Buffer.from('a NOOP\r\nb NOOP\r\n');
    expect(collector.feed(chunk)).toBe(8);
    expect(collector.take()?.segments).toHaveLength(1);
    expect(collector.take()).toBeUndefined();
  });

  it.each(['LOGIN', 'login', 'ID'])('asks for each synchronizing literal of %s', (name) => {
    expectCollected(`a ${name} {4}\r\nuser {2}\r\n\r\n\r\nb NOOP\r\n`, [
      '+',
      '+',
      [`a ${name} `, 'user', ' ', '\r\n', ''],
      ['b NOOP'],
    ]);
  });

  it('asks for no non-synchronizing literal', () => {
    expectCollected('a LOGIN {4+}\r\nuser {0+}\r\n\r\nb NOOP\r\n', [
      ['a LOGIN ', 'user', ' ', '', ''],
      ['b NOOP'],
    ]);
  });

  it('takes the second literal of a command by its first line, not by what stands before the literal', () => {
    expectCollected('a LOGIN u{1+}\r\nx NOOP {1}\r\ny\r\n', ['+', ['a LOGIN u', 'x', ' NOOP ', 'y', '']]);
  });

  it.each(['a SELECT', 'a APPEND x', 'a AUTHENTICATE PLAIN', 'a XYZZY', 'x', '', 'a] LOGIN'])(
    'does not ask for a literal behind %j, and reads what follows as commands',
    (command) => {
      expectCollected(`${command} {6}\r\nb NOOP\r\n`, [[`${command} `, 'out of place'], ['b NOOP']]);
    },
  );

  it('swallows the non-synchronizing literal of any command', () => {
    expectCollected('a XYZZY {8+}\r\nb NOOP\r\n\r\nc NOOP\r\n', [['a XYZZY ', 'b NOOP\r\n', ''], ['c NOOP']]);
  });

  it('cuts the marker off and nothing before it', () => {
    expectCollected('a LOGIN {x}{3} {1+}\r\ny\r\n', [['a LOGIN {x}{3} ', 'y', '']]);
  });

  it('gives octets of its own', () => {
    const collector = new CommandCollector(() => {});
    const chunk = Buffer.from('a LOGIN u {3+}\r\nabc\r\n');
    collector.feed(chunk);
    const command = collector.take();
    chunk.fill(0);
    expect(command?.segments.map(({ text, literal }) => `${text}${literal}`)).toEqual([
      'a LOGIN u abc',
      'undefined',
    ]);
  });
});

describe('CommandCollector limits', () => {
  const feed = (wire: string) => collect([Buffer.from(wire)]);
  const limited = (limit: string) => expect.objectContaining({ name: 'LimitExceededError', limit });

  it('takes a line just as long as the limit, and none longer', () => {
    const line = (octets: number) => `a LOGIN ${'x'.repeat(octets - 10)}\r\n`;
    expect(feed(line(MAX_LOGIN_LINE_OCTETS))).toHaveLength(1);
    expect(() => feed(line(MAX_LOGIN_LINE_OCTETS + 1))).toThrow(limited('line'));
    expect(() => feed('x'.repeat(MAX_LOGIN_LINE_OCTETS + 1))).toThrow(limited('line'));
  });

  it('takes a literal just as long as the limit, in both forms', () => {
    const literal = 'x'.repeat(MAX_LOGIN_LITERAL_OCTETS);
    expect(feed(`a LOGIN u {${literal.length}}\r\n${literal}\r\n`)).toEqual([
      '+',
      ['a LOGIN u ', literal, ''],
    ]);
    expect(feed(`a LOGIN u {${literal.length}+}\r\n${literal}\r\n`)).toEqual([['a LOGIN u ', literal, '']]);
  });

  it('does not ask for a longer literal', () => {
    expect(feed(`a LOGIN u {${MAX_LOGIN_LITERAL_OCTETS + 1}}\r\nb NOOP\r\n`)).toEqual([
      ['a LOGIN u ', 'too big'],
      ['b NOOP'],
    ]);
  });

  it('gives up on a longer literal that comes without being asked for, before any of it has come', () => {
    expect(() => feed(`a LOGIN u {${MAX_LOGIN_LITERAL_OCTETS + 1}+}\r\n`)).toThrow(limited('literal'));
    expect(() => feed('a XYZZY {4294967296+}\r\n')).toThrow(limited('literal'));
  });

  it.each(['{99999999999999999999}', '{99999999999999999999+}'])('gives up on %s', (marker) => {
    expect(() => feed(`a LOGIN u ${marker}\r\n`)).toThrow(LimitExceededError);
  });

  it.each(['', '+'])('gives up on many literals {8000%s} in one command', (plus) => {
    const literal = ` {8000${plus}}\r\n${'x'.repeat(8_000)}`;
    const most = Math.floor(MAX_LOGIN_COMMAND_OCTETS / 8_020);
    expect(feed(`a LOGIN${literal.repeat(most)}\r\n`).at(-1)).toHaveLength(2 * most + 1);
    expect(() => feed(`a LOGIN${literal.repeat(most + 1)}\r\n`)).toThrow(limited('command'));
  });

  it('counts each command anew', () => {
    const command = `a LOGIN {8000+}\r\n${'x'.repeat(8_000)}\r\n`;
    expect(feed(command.repeat(20))).toHaveLength(20);
  });
});
