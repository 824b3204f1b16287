import { describe, expect, it } from 'vitest';
import {
  CLEAN_VARIANT,
  CONDSTORE_VARIANT,
  type EnableAnswer,
  enableVariant,
  SessionState,
} from '../../../src/protocol/session-state.ts';
import { answer, begin, takeInherited } from '../../support/session-state-steps.ts';

const ANSWER: EnableAnswer = {
  untagged: Buffer.from('* ENABLED CONDSTORE\r\n'),
  completion: Buffer.from('OK Enabled.\r\n'),
};

describe('enableVariant', () => {
  it('is the same for the same words in any order, letter case, spacing and number', () => {
    expect(enableVariant('QRESYNC CONDSTORE')).toBe(enableVariant('  condstore  QRESYNC qresync '));
  });

  it('differs for other words, and from what nothing or a command alone leaves', () => {
    const variants = ['', 'CONDSTORE', 'QRESYNC', 'CONDSTORE QRESYNC', 'CONDSTOREQRESYNC'].map(enableVariant);
    expect(new Set([...variants, CLEAN_VARIANT, CONDSTORE_VARIANT]).size).toBe(variants.length + 2);
  });
});

describe('SessionState on a clean connection', () => {
  it('carries nothing after commands that switch nothing on', () => {
    const state = new SessionState();
    begin(state, 'a SELECT INBOX', 'b FETCH 1 FLAGS', 'c SEARCH SINCE 1-Feb-1994');
    expect(state.variant).toBe(CLEAN_VARIANT);
    expect(state.enableAnswer).toBeUndefined();
  });

  it('carries what one ENABLE has asked for, from the moment it is sent', () => {
    const state = new SessionState();
    begin(state, 'a ENABLE qresync CONDSTORE');
    expect(state.variant).toBe(enableVariant('CONDSTORE QRESYNC'));
    answer(state, 'a OK Enabled.');
    state.rememberEnable(ANSWER);
    expect(state.enableAnswer).toBe(ANSWER);
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

  it.each(['a ENABLE CONDSTORE QRESYNC\r\n', 'x enable  qresync condstore \n'])(
    'answers %j from memory',
    (command) => {
      const state = new SessionState(VARIANT, ANSWER);
      expect(takeInherited(state, command)).toBe(ANSWER);
      expect(state).toMatchObject({
        variant: VARIANT,
        enableAnswer: ANSWER,
        obstacle: undefined,
        isQuiet: true,
      });
    },
  );

  it('answers once; the same ENABLE again goes to the server and costs the connection', () => {
    const state = new SessionState(VARIANT, ANSWER);
    takeInherited(state, 'a ENABLE CONDSTORE QRESYNC');
    expect(takeInherited(state, 'b ENABLE CONDSTORE QRESYNC')).toBeUndefined();
    begin(state, 'b ENABLE CONDSTORE QRESYNC');
    expect(state.obstacle).toBe('lasting state');
  });

  it.each([
    'a ENABLE CONDSTORE',
    'a ENABLE CONDSTORE QRESYNC UTF8=ACCEPT',
    'a ENABLE',
    'a SELECT CONDSTORE QRESYNC',
  ])('does not answer %s, which asks for something else', (command) => {
    const state = new SessionState(VARIANT, ANSWER);
    expect(takeInherited(state, command)).toBeUndefined();
    expect(takeInherited(state, 'b ENABLE CONDSTORE QRESYNC')).toBe(ANSWER);
  });

  it('lets commands use what is enabled', () => {
    const state = new SessionState(VARIANT, ANSWER);
    takeInherited(state, 'a ENABLE CONDSTORE QRESYNC');
    begin(state, 'b FETCH 1 (MODSEQ)');
    expect(state.variant).toBe(VARIANT);
    expect(state.obstacle).toBeUndefined();
  });

  it('answers nothing from memory on a clean or a CONDSTORE-aware connection', () => {
    for (const variant of [CLEAN_VARIANT, CONDSTORE_VARIANT]) {
      expect(takeInherited(new SessionState(variant), 'a ENABLE CONDSTORE')).toBeUndefined();
      expect(takeInherited(new SessionState(variant), 'a ENABLE')).toBeUndefined();
    }
  });

  it('takes an answer of this session for no inheritance: the next ENABLE goes to the server', () => {
    const state = new SessionState();
    begin(state, 'a ENABLE CONDSTORE');
    answer(state, 'a OK');
    state.rememberEnable(ANSWER);
    expect(takeInherited(state, 'b ENABLE CONDSTORE')).toBeUndefined();
  });
});
