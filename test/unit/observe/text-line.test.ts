import { describe, expect, it } from 'vitest';
import { createLogTo, type LogOptions } from '../../../src/observe/logger.ts';
import { type TextLine, toTextLine } from '../../../src/observe/text-line.ts';

describe('toTextLine', () => {
  it('writes the message, then fields, and leaves time and process to others', () => {
    const line = logged('info', { session: 7, user: 'joe', parked: true }, 'took a note');

    expect(line).toEqual({ priority: 6, text: 'took a note session=7 user=joe parked=true' });
  });

  it.each([
    ['error', 3],
    ['warn', 4],
    ['info', 6],
    ['debug', 7],
  ] as const)('gives %s the priority %i of syslog(3)', (level, priority) => {
    expect(logged(level, {}, 'anything').priority).toBe(priority);
  });

  it.each([
    ['joe user', '"joe user"'],
    ['', '""'],
    ['a=b', '"a=b"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['back\\slash', '"back\\\\slash"'],
    ['Jörg', '"Jörg"'],
    [{ code: 'NO', tries: [1, 2] }, '{"code":"NO","tries":[1,2]}'],
    [null, 'null'],
  ])('writes the value %j as %s', (value, text) => {
    expect(logged('info', { value }, 'm').text).toBe(`m value=${text}`);
  });

  it('escapes everything that could end a line, move a cursor or turn the text', () => {
    const hostile = 'a\r\nNov 1 00:00:00 host sshd[1]: \u001b[2J\u0000\u007f\u009b\u2028\u202e\u2066\ud800';
    const { text } = logged('info', { user: hostile }, hostile);

    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(text).toContain('a\\r\\nNov 1');
    expect(text).toContain('\\u001b[2J\\u0000\\u007f\\u009b\\u2028\\u202e\\u2066\\ud800');
  });

  it('keeps quotes in a message as they are', () => {
    expect(logged('info', {}, `Cannot use 'x' for "y"`).text).toBe(`Cannot use 'x' for "y"`);
  });

  it('cuts what no logger would take', () => {
    const { text } = logged('info', { value: 'x'.repeat(100_000) }, 'm');

    expect(text).toHaveLength(8_003);
    expect(text).toMatch(/x\.\.\.$/);
  });
});

/** What becomes of one call of the log. */
function logged(level: LogOptions['level'], fields: object, msg: string): TextLine {
  const lines: string[] = [];
  createLogTo({ write: (line: string) => void lines.push(line) }, 'debug')[level](fields, msg);
  return toTextLine(lines.join(''));
}
