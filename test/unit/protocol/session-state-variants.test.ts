import { describe, expect, it } from 'vitest';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant } from '../../../src/protocol/variants.ts';
import { answer, begin } from '../../support/session-state-steps.ts';

describe('SessionState on a clean connection', () => {
  it('carries nothing after commands that switch nothing on', () => {
    const state = new SessionState();
    begin(state, 'a SELECT INBOX', 'b FETCH 1 FLAGS', 'c SEARCH SINCE 1-Feb-1994');
    expect(state.variant).toBe(CLEAN_VARIANT);
  });

  it('carries what one ENABLE has asked for, from the moment it is sent', () => {
    const state = new SessionState();
    begin(state, 'a ENABLE qresync CONDSTORE');
    expect(state.variant).toBe(enableVariant('CONDSTORE QRESYNC'));
    answer(state, 'a OK Enabled.');
    expect(state.variant).toBe(enableVariant('CONDSTORE QRESYNC'));
    expect(state.obstacle).toBeUndefined();
  });

  it.each(['NO', 'BAD'])('cannot be reused when ENABLE was answered %s', (status) => {
    const state = new SessionState();
    begin(state, 'a ENABLE CONDSTORE');
    answer(state, `a ${status} x`);
    expect(state.obstacle).toBe('lasting state');
  });

  it('cannot be reused after two ENABLEs, which no one line asks for', () => {
    const state = new SessionState();
    begin(state, 'a ENABLE CONDSTORE', 'b ENABLE QRESYNC');
    expect(state.obstacle).toBe('lasting state');
  });

  it.each([
    'a SELECT INBOX (CONDSTORE)',
    'a examine INBOX (condstore)',
    'a STATUS INBOX (HIGHESTMODSEQ)',
    'a FETCH 1 (MODSEQ)',
    'a UID FETCH 1:* (FLAGS) (CHANGEDSINCE 1)',
    'a STORE 1 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)',
    'a UID SEARCH MODSEQ 1',
    'a SORT (ARRIVAL) UTF-8 MODSEQ 1',
  ])('is CONDSTORE-aware after %s', (command) => {
    const state = new SessionState();
    begin(state, command);
    expect(state.variant).toBe(CONDSTORE_VARIANT);
    expect(state.obstacle).toBeUndefined();
  });

  it('is CONDSTORE-aware by words in a line that follows a literal', () => {
    const state = new SessionState();
    begin(state, 'a STATUS {5+}');
    const rest = Buffer.from('xx (HIGHESTMODSEQ)\r\n');
    state.noteArguments(rest, 2, rest.length);
    expect(state.variant).toBe(CONDSTORE_VARIANT);
  });

  it('can be reused when several commands make it CONDSTORE-aware', () => {
    const state = new SessionState();
    begin(state, 'a SELECT INBOX (CONDSTORE)', 'b FETCH 1 (MODSEQ)');
    expect(state.variant).toBe(CONDSTORE_VARIANT);
    expect(state.obstacle).toBeUndefined();
  });

  it.each([
    ['CONDSTORE by command and ENABLE', ['a SELECT x (CONDSTORE)', 'b ENABLE UTF8=ACCEPT'], 'lasting state'],
    ['CONDSTORE by command and ENABLE of it', ['a FETCH 1 (MODSEQ)', 'b ENABLE CONDSTORE'], 'lasting state'],
    [
      'ENABLE of another extension and CONDSTORE by command',
      ['a ENABLE UTF8=ACCEPT', 'b FETCH 1 MODSEQ'],
      'lasting state',
    ],
    ['ENABLE CONDSTORE and commands that need it', ['a ENABLE CONDSTORE', 'b FETCH 1 MODSEQ'], undefined],
    ['ENABLE QRESYNC, which implies it', ['a ENABLE QRESYNC', 'b SELECT x (QRESYNC (1 2))'], undefined],
    ['ENABLE of more than it', ['a ENABLE UTF8=ACCEPT condstore', 'b FETCH 1 MODSEQ'], undefined],
    [
      'ENABLE of a word that only begins like it',
      ['a ENABLE CONDSTOREX', 'b FETCH 1 MODSEQ'],
      'lasting state',
    ],
  ])('knows after %s what stands against reuse', (_, commands, obstacle) => {
    const state = new SessionState();
    begin(state, ...commands);
    expect(state.obstacle).toBe(obstacle);
  });
});

describe('SessionState on a connection that carries an ENABLE', () => {
  const VARIANT = enableVariant('CONDSTORE QRESYNC');

  it('carries it from the start, with nothing against reuse', () => {
    const state = new SessionState(VARIANT);
    begin(state, 'a NOOP', 'b SELECT INBOX');
    expect(state).toMatchObject({ variant: VARIANT, obstacle: undefined });
  });

  it.each(['a ENABLE CONDSTORE QRESYNC', 'a ENABLE CONDSTORE', 'a ENABLE'])(
    'cannot be reused after %s, which the server has heard twice then',
    (command) => {
      const state = new SessionState(VARIANT);
      begin(state, command);
      answer(state, 'a OK');
      expect(state.obstacle).toBe('lasting state');
    },
  );

  it('lets commands use what is enabled', () => {
    const state = new SessionState(VARIANT);
    begin(state, 'b FETCH 1 (MODSEQ)');
    expect(state.variant).toBe(VARIANT);
    expect(state.obstacle).toBeUndefined();
  });
});

describe('SessionState on a connection that is CONDSTORE-aware', () => {
  it('stays so by whatever needs it', () => {
    const state = new SessionState(CONDSTORE_VARIANT);
    begin(state, 'a SELECT INBOX (CONDSTORE)', 'b NOOP');
    expect(state).toMatchObject({ variant: CONDSTORE_VARIANT, obstacle: undefined });
  });

  it('cannot be reused after an ENABLE', () => {
    const state = new SessionState(CONDSTORE_VARIANT);
    begin(state, 'a ENABLE CONDSTORE');
    expect(state.obstacle).toBe('lasting state');
  });
});
