import { describe, expect, it } from 'vitest';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { answer, begin } from '../../support/session-state-steps.ts';

describe('SessionState counting what is unanswered', () => {
  it('is quiet before the first command and after the last answer', () => {
    const state = new SessionState();
    expect(state.isQuiet).toBe(true);
    begin(state, 'a NOOP');
    expect(state.isQuiet).toBe(false);
    answer(state, 'a OK done');
    expect(state.isQuiet).toBe(true);
    expect(state.obstacle).toBeUndefined();
  });

  it('takes answers in any order', () => {
    const state = new SessionState();
    const [a, b, c] = begin(state, 'a NOOP', 'b FETCH 1 FLAGS', 'c NOOP');
    expect(answer(state, 'c OK', 'a NO')).toEqual([c, a]);
    expect(state.isQuiet).toBe(false);
    expect(answer(state, 'b BAD')).toEqual([b]);
    expect(state.isQuiet).toBe(true);
    expect(state.obstacle).toBeUndefined();
  });

  it('waits for as many answers as commands when a tag is used again', () => {
    const state = new SessionState();
    const [first, second] = begin(state, 'a NOOP', 'a CHECK');
    expect(answer(state, 'a OK')[0]).toBe(first);
    expect(state.isQuiet).toBe(false);
    expect(answer(state, 'a OK')[0]).toBe(second);
    expect(state.isQuiet).toBe(true);
    expect(state.obstacle).toBeUndefined();
    answer(state, 'a OK');
    expect(state.obstacle).toBe('stray response');
  });

  it.each([
    ['a longer tag', 'a1', 'a10'],
    ['a shorter tag', 'a10', 'a1'],
    ['another letter case', 'aB', 'Ab'],
    ['a tag that a pattern would match', '$1.$', '$1x$'],
    ['another tag', 'a', 'b'],
  ])('takes %s for no answer', (_, tag, other) => {
    const state = new SessionState();
    begin(state, `${tag} NOOP`);
    expect(answer(state, `${other} OK`)).toEqual([undefined]);
    expect(state.isQuiet).toBe(false);
    expect(state.obstacle).toBe('stray response');
  });

  it.each(['$1.$', '[a^b|c}', '00000000', 'LOGOUT', 'OK'])('waits for the tag %s like any other', (tag) => {
    const state = new SessionState();
    const [command] = begin(state, `${tag} NOOP`);
    expect(answer(state, `${tag} OK`)).toEqual([command]);
    expect(state.obstacle).toBeUndefined();
  });

  it('completes a1 and a10 each by its own answer', () => {
    const state = new SessionState();
    const [one, ten] = begin(state, 'a1 NOOP', 'a10 NOOP');
    expect(answer(state, 'a10 OK', 'a1 OK')).toEqual([ten, one]);
    expect(state.obstacle).toBeUndefined();
  });

  it.each([
    ['ENABLE CONDSTORE', 'ENABLED'],
    ['CAPABILITY', 'CAPABILITY'],
    ['ID NIL', 'ID'],
    ['NAMESPACE', 'NAMESPACE'],
  ] as const)('tells whether %s is unanswered', (command, name) => {
    const state = new SessionState();
    begin(state, 'a NOOP', `b ${command}`, `c ${command}`);
    for (const response of ['a OK', 'b OK']) {
      expect([state.isAsking, state.awaits(name)]).toEqual([true, true]);
      answer(state, response);
    }
    expect([state.isAsking, state.awaits(name)]).toEqual([true, true]);
    answer(state, 'c NO');
    expect([state.isAsking, state.awaits(name)]).toEqual([false, false]);
  });

  it('awaits only what was asked', () => {
    const state = new SessionState();
    begin(state, 'a ID NIL', 'b NAMESPACE');
    const names = ['CAPABILITY', 'ID', 'NAMESPACE', 'ENABLED'] as const;
    expect(names.filter((name) => state.awaits(name))).toEqual(['ID', 'NAMESPACE']);
  });
});

describe('SessionState judging reuse', () => {
  it.each([
    ['an unknown command', 'a XYZZY', 'unknown command'],
    ['LOGIN after login', 'a LOGIN user pass', 'unknown command'],
    ['a line with a tag only', 'a', 'unknown command'],
    ['NOTIFY NONE', 'a NOTIFY NONE', 'lasting state'],
    ['LANGUAGE', 'a LANGUAGE de', 'lasting state'],
    ['AUTHENTICATE after login', 'a AUTHENTICATE PLAIN', 'lasting state'],
  ])('refuses reuse after %s, however it was answered', (_, command, obstacle) => {
    const state = new SessionState();
    begin(state, command);
    expect(state.obstacle).toBe(obstacle);
    answer(state, 'a BAD');
    expect(state.obstacle).toBe(obstacle);
  });

  it.each([
    'a NOOP',
    'a APPEND x {3}',
    'a UID FETCH 1:* FLAGS',
    'a IDLE',
    'a SELECT x',
    'a CLOSE',
    'a ID NIL',
  ])('sees nothing against reuse in %s', (command) => {
    const state = new SessionState();
    begin(state, command);
    answer(state, 'a OK');
    expect(state.obstacle).toBeUndefined();
  });

  it.each([
    ['BAD', true, 'framing in doubt'],
    ['BAD', false, undefined],
    ['NO', true, undefined],
    ['OK', true, undefined],
  ] as const)('takes %s for a command with literals (%s) as %s', (status, hasLiteral, obstacle) => {
    const state = new SessionState();
    for (const command of begin(state, 'a APPEND x {3}')) command.hasLiteral = hasLiteral;
    answer(state, `a ${status} x`);
    expect(state.obstacle).toBe(obstacle);
  });

  it('keeps the first of several obstacles', () => {
    const state = new SessionState();
    state.taint('bye');
    state.taint('stray response');
    begin(state, 'a XYZZY');
    expect(state.obstacle).toBe('bye');
  });

  it('lets framing in doubt hide behind no lasting state, after which the server would be told LOGOUT', () => {
    const state = new SessionState();
    state.taint('lasting state');
    state.taint('framing in doubt');
    expect(state.obstacle).toBe('framing in doubt');
  });
});

describe('SessionState following the selected mailbox', () => {
  /** Sends and receives: `> a SELECT x` and `< a OK`. */
  function maySelectAfter(...steps: readonly string[]): boolean {
    const state = new SessionState();
    for (const step of steps) {
      if (step.startsWith('>')) begin(state, step.slice(2));
      else answer(state, step.slice(2));
    }
    return state.maySelect;
  }

  it.each([
    ['nothing was sent', []],
    ['other commands were done', ['> a STATUS x (MESSAGES)', '< a OK', '> b LIST "" *', '< b OK']],
    ['CLOSE was answered OK', ['> a SELECT x', '< a OK', '> b CLOSE', '< b OK']],
    ['UNSELECT was answered OK', ['> a EXAMINE x', '< a OK', '> b UNSELECT', '< b OK']],
    ['both went out together', ['> a SELECT x', '> b CLOSE', '< a OK', '< b OK']],
    [
      'the last of several was closed',
      ['> a SELECT x', '> b SELECT y', '< a OK', '< b OK', '> c CLOSE', '< c OK'],
    ],
    [
      'CLOSE came behind two SELECTs at once',
      ['> a SELECT x', '> b SELECT y', '> c CLOSE', '< a OK', '< b OK', '< c OK'],
    ],
  ])('knows that none is open when %s', (_, steps) => {
    expect(maySelectAfter(...steps)).toBe(false);
  });

  it.each([
    ['SELECT has only been sent', ['> a SELECT x']],
    ['EXAMINE has only been sent', ['> a examine x']],
    ['SELECT failed, for servers differ', ['> a SELECT x', '< a NO']],
    ['CLOSE has only been sent', ['> a SELECT x', '< a OK', '> b CLOSE']],
    ['CLOSE failed', ['> a SELECT x', '< a OK', '> b CLOSE', '< b NO']],
    ['UNSELECT was not understood', ['> a SELECT x', '< a OK', '> b UNSELECT', '< b BAD']],
    ['SELECT follows CLOSE', ['> a SELECT x', '< a OK', '> b CLOSE', '< b OK', '> c SELECT x', '< c OK']],
    [
      'SELECT follows CLOSE at once',
      ['> a SELECT x', '> b CLOSE', '> c SELECT y', '< a OK', '< b OK', '< c OK'],
    ],
    [
      'SELECT was sent before CLOSE was answered',
      ['> a SELECT x', '< a OK', '> b CLOSE', '> c SELECT y', '< b OK'],
    ],
    ['that of an earlier CLOSE is answered late', ['> a CLOSE', '> b SELECT x', '< b OK', '< a OK']],
  ])('thinks that one may be open when %s', (_, steps) => {
    expect(maySelectAfter(...steps)).toBe(true);
  });
});
