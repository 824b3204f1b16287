import { describe, expect, it } from 'vitest';
import { percentile, summarize } from '../../../demo/statistics.ts';

const ONE_TO_TWENTY = Array.from({ length: 20 }, (_, index) => 20 - index);

describe('percentile', () => {
  it.each([
    [50, 10],
    [95, 19],
    [96, 20],
    [100, 20],
    [1, 1],
  ])('takes the nearest rank: p%d of 1 to 20 is %d', (percent, expected) => {
    expect(percentile(ONE_TO_TWENTY, percent)).toBe(expected);
  });

  it('gives the only value of a single measurement', () => {
    expect(percentile([7], 95)).toBe(7);
  });

  it('compares numbers as numbers, not as text', () => {
    expect(percentile([9, 10, 100], 50)).toBe(10);
  });

  it('leaves the values in their order', () => {
    const values = [3, 1, 2];
    percentile(values, 50);
    expect(values).toEqual([3, 1, 2]);
  });

  it.each([0, -1, 101, Number.NaN])('refuses percentile %d', (percent) => {
    expect(() => percentile([1], percent)).toThrow(RangeError);
  });

  it('refuses an empty series', () => {
    expect(() => percentile([], 50)).toThrow('Cannot take a percentile of no values');
  });
});

describe('summarize', () => {
  it('sums up a series', () => {
    expect(summarize(ONE_TO_TWENTY)).toEqual({ p50: 10, p95: 19 });
  });
});
