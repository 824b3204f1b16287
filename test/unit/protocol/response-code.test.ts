import { describe, expect, it } from 'vitest';
import { splitResponseCode } from '../../../src/protocol/response-code.ts';

describe('splitResponseCode', () => {
  it.each([
    ['[ALERT] Going down', 'ALERT', '', 'Going down'],
    ['[alert] Going down', 'ALERT', '', 'Going down'],
    ['[UIDVALIDITY 3857529045] UIDs valid', 'UIDVALIDITY', '3857529045', 'UIDs valid'],
    ['[COPYUID 1 2:4,6 3:6] Done', 'COPYUID', '1 2:4,6 3:6', 'Done'],
    ['[PERMANENTFLAGS (\\Deleted \\*)] x', 'PERMANENTFLAGS', '(\\Deleted \\*)', 'x'],
    ['[CAPABILITY IMAP4rev1 AUTH=PLAIN] ready', 'CAPABILITY', 'IMAP4rev1 AUTH=PLAIN', 'ready'],
    ['[READ-ONLY]', 'READ-ONLY', '', ''],
    ['[READ-ONLY]  done', 'READ-ONLY', '', ' done'],
    ['[READ-ONLY]done', 'READ-ONLY', '', 'done'],
    ['[X ] y', 'X', '', 'y'],
    ['[A] [B] x', 'A', '', '[B] x'],
  ])('splits %j', (text, name, argument, words) => {
    expect(splitResponseCode(text)).toEqual({ code: { name, argument }, text: words });
  });

  it.each(['', 'done', 'x [ALERT] y', ' [ALERT] x', '[', '[]', '[] x', '[ x] y', '[ALERT', '[ALERT x'])(
    'finds no code in %j',
    (text) => {
      expect(splitResponseCode(text)).toEqual({ code: undefined, text });
    },
  );

  it('judges a long text in linear time', () => {
    const text = `[${'x '.repeat(500_000)}`;
    expect(splitResponseCode(text)).toEqual({ code: undefined, text });
  });
});
