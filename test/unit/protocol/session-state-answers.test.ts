import { describe, expect, it } from 'vitest';
import { AnswerMemory, type RememberedAnswer } from '../../../src/protocol/answer-memory.ts';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant } from '../../../src/protocol/variants.ts';
import { answer, begin, questionIn } from '../../support/session-state-steps.ts';

const ANSWER: RememberedAnswer = {
  untagged: Buffer.from('* X\r\n'),
  completion: Buffer.from('OK\r\n'),
};

/** Begins `commands` and remembers `ANSWER` for the last of them. */
function rememberLast(state: SessionState, ...commands: readonly string[]): void {
  const command = begin(state, ...commands).at(-1);
  if (command !== undefined) state.remember(command, ANSWER);
}

describe('SessionState remembering answers', () => {
  it.each([
    ['a clean connection', CLEAN_VARIANT, ['a CAPABILITY'], CLEAN_VARIANT],
    ['one that was enabled before', enableVariant('X'), ['a CAPABILITY'], enableVariant('X')],
    ['one enabled by an earlier command', CLEAN_VARIANT, ['a ENABLE X', 'b CAPABILITY'], enableVariant('X')],
    [
      'one made CONDSTORE-aware by an earlier command',
      CLEAN_VARIANT,
      ['a FETCH 1 MODSEQ', 'b CAPABILITY'],
      CONDSTORE_VARIANT,
    ],
  ])('keeps an answer of %s for connections in that state', (_, carried, commands, variant) => {
    const memory = new AnswerMemory();
    rememberLast(new SessionState(carried, memory), ...commands);

    const variants = [CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant('X')];
    const knowing = variants.filter((of) => memory.recall(of, questionIn('x CAPABILITY')) === ANSWER);
    expect(knowing).toEqual([variant]);
  });

  it('keeps the answer to an ENABLE for connections that have not done it yet', () => {
    const memory = new AnswerMemory();
    rememberLast(new SessionState(CLEAN_VARIANT, memory), 'a enable qresync CONDSTORE');
    expect(memory.recall(CLEAN_VARIANT, questionIn('b ENABLE CONDSTORE QRESYNC'))).toBe(ANSWER);
  });

  it('keeps nothing for a command that asks nothing', () => {
    const memory = new AnswerMemory();
    const state = new SessionState(CLEAN_VARIANT, memory);
    rememberLast(state, 'a NOOP');
    expect(state.isAsking).toBe(false);
    expect(memory.recall(CLEAN_VARIANT, { ...questionIn('a CAPABILITY'), key: 'NOOP' })).toBeUndefined();
  });
});

describe('SessionState telling whether all may be sent once more', () => {
  it('says so at first, and after commands that may be repeated', () => {
    const state = new SessionState();
    expect(state.mayRepeat).toBe(true);
    begin(state, 'a SELECT INBOX', 'b UID FETCH 1:* FLAGS', 'c IDLE', 'd ENABLE CONDSTORE');
    expect(state.mayRepeat).toBe(true);
  });

  it.each(['a APPEND x {3}', 'a UID STORE 1 FLAGS ()', 'a MOVE 1 x', 'a CLOSE', 'a XYZZY', 'a'])(
    'denies it from %s on, for good',
    (command) => {
      const state = new SessionState();
      begin(state, 'x NOOP', command);
      expect(state.mayRepeat).toBe(false);
      answer(state, 'a OK', 'x OK');
      begin(state, 'y NOOP');
      expect(state.mayRepeat).toBe(false);
    },
  );

  it('denies it where it is in doubt what was sent', () => {
    const state = new SessionState();
    begin(state, 'a NOOP');
    state.taint('framing in doubt');
    expect(state.mayRepeat).toBe(false);
  });
});
