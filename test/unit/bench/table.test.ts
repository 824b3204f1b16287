import { describe, expect, it } from 'vitest';
import { markdownTable, plainTable } from '../../../bench/report/table.ts';

const ROWS = [
  ['what', 'ours', 'theirs'],
  ['page view', '1.2', '44'],
  ['a|b', '-', '7'],
];
const WORDS = new Set([0]);

describe('plainTable', () => {
  it('sets words to the left and figures to the right', () => {
    expect(plainTable(ROWS, WORDS)).toBe(
      [
        'what       ours  theirs',
        '---------  ----  ------',
        'page view   1.2      44',
        'a|b           -       7',
      ].join('\n'),
    );
  });
});

describe('markdownTable', () => {
  it('does the same on a page, where a bar in a cell would end it', () => {
    expect(markdownTable(ROWS, WORDS)).toBe(
      [
        '| what | ours | theirs |',
        '| --- | ---: | ---: |',
        '| page view | 1.2 | 44 |',
        '| a\\|b | - | 7 |',
      ].join('\n'),
    );
  });
});
