import { describe, expect, it } from 'vitest';
import {
  AnswerMemory,
  type Question,
  questionOf,
  type RememberedAnswer,
} from '../../../src/protocol/answer-memory.ts';
import { CLEAN_VARIANT, CONDSTORE_VARIANT, enableVariant } from '../../../src/protocol/variants.ts';
import { headOf, questionIn } from '../../support/session-state-steps.ts';

const questionOrNone = (text: string): Question | undefined => {
  const { head, source } = headOf(text);
  return questionOf(head, source);
};

const answerOf = (octets: number): RememberedAnswer => ({
  untagged: Buffer.alloc(octets - 4, 'x'),
  completion: Buffer.from('OK\r\n'),
});

describe('questionOf', () => {
  it.each([
    ['a CAPABILITY\r\n', 'CAPABILITY', 'CAPABILITY'],
    ['$1.$ namespace\n', 'NAMESPACE', 'NAMESPACE'],
    ['a id NIL\r\n', 'ID NIL', 'ID'],
    ['a ID ("name" "\xe4")\r\n', 'ID ("name" "\xe4")', 'ID'],
    ['a ENABLE condstore  QRESYNC\r\n', 'ENABLE condstore  QRESYNC', 'ENABLED'],
  ])('tells how %j is asked again, and which response answers it', (line, text, answeredBy) => {
    expect(questionIn(line)).toMatchObject({ text, answeredBy });
  });

  it.each([
    'a NOOP',
    'a SELECT CONDSTORE',
    'a LIST "" *',
    'a CAPABILITY now',
    'a NAMESPACE x',
    'a ID',
    'a ENABLE',
    'a ENABLE ',
    'a UID ENABLE CONDSTORE',
    'a',
  ])('takes %j for no question', (line) => {
    expect(questionOrNone(line)).toBeUndefined();
  });

  it.each([
    ['a ENABLE CONDSTORE QRESYNC', 'x enable  qresync condstore ', 'y ENABLE QRESYNC QRESYNC CONDSTORE'],
    ['a ID NIL', 'b id NIL'],
    ['a CAPABILITY', 'b capability'],
  ])('has one key for %j and all that ask the same', (...lines) => {
    expect(new Set(lines.map((line) => questionIn(line).key)).size).toBe(1);
  });

  it('has other keys for what asks something else', () => {
    const lines = [
      'a CAPABILITY',
      'a NAMESPACE',
      'a ID NIL',
      'a ID ("name" "x")',
      'a ID ("name" "X")',
      'a ENABLE CONDSTORE',
      'a ENABLE CONDSTORE QRESYNC',
      'a ENABLE CONDSTOREQRESYNC',
    ];
    expect(new Set(lines.map((line) => questionIn(line).key)).size).toBe(lines.length);
  });

  it('takes 1 KiB of arguments and no more', () => {
    const args = `("${'x'.repeat(1020)}")`;
    expect(questionIn(`a ID ${args}`).text).toHaveLength(3 + 1024);
    expect(questionOrNone(`a ID ${args}x`)).toBeUndefined();
  });
});

describe('AnswerMemory', () => {
  const CAPABILITY = questionIn('a CAPABILITY');

  it('gives an answer to the same question under the same variant only', () => {
    const memory = new AnswerMemory();
    const answer = answerOf(10);
    memory.remember(CLEAN_VARIANT, CAPABILITY, answer);

    expect(memory.recall(CLEAN_VARIANT, questionIn('b capability'))).toBe(answer);
    for (const variant of [CONDSTORE_VARIANT, enableVariant('CONDSTORE'), 'CAPABILITY']) {
      expect(memory.recall(variant, CAPABILITY)).toBeUndefined();
    }
    expect(memory.recall(CLEAN_VARIANT, questionIn('a NAMESPACE'))).toBeUndefined();
  });

  it('keeps the last of several answers to one question', () => {
    const memory = new AnswerMemory();
    const [early, late] = [answerOf(10), answerOf(20)];
    memory.remember(CLEAN_VARIANT, CAPABILITY, early);
    memory.remember(CLEAN_VARIANT, CAPABILITY, late);
    expect(memory.recall(CLEAN_VARIANT, CAPABILITY)).toBe(late);
  });

  it('keeps an answer of 4 KiB and none that is longer', () => {
    const memory = new AnswerMemory();
    memory.remember(CLEAN_VARIANT, CAPABILITY, answerOf(4096));
    expect(memory.recall(CLEAN_VARIANT, CAPABILITY)).toBeDefined();
    memory.remember(CONDSTORE_VARIANT, CAPABILITY, answerOf(4097));
    expect(memory.recall(CONDSTORE_VARIANT, CAPABILITY)).toBeUndefined();
  });

  it('keeps the eight answers that were given last', () => {
    const memory = new AnswerMemory();
    const asked = Array.from({ length: 9 }, (_, index) => questionIn(`a ID ("n" "${index}")`));
    for (const question of asked) memory.remember(CLEAN_VARIANT, question, answerOf(10));
    const known = asked.map((question) => memory.recall(CLEAN_VARIANT, question) !== undefined);
    expect(known).toEqual([false, ...Array<boolean>(8).fill(true)]);

    const [first = CAPABILITY] = asked;
    const later = answerOf(12);
    memory.remember(CLEAN_VARIANT, first, later);
    expect(memory.recall(CLEAN_VARIANT, first)).toBe(later);
  });
});
