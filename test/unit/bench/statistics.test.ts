import { describe, expect, it } from 'vitest';
import { median, quantile, ratio, summarize } from '../../../bench/measure/statistics.ts';

describe('quantile', () => {
  it('is the value itself where one lies at that place', () => {
    expect(quantile([30, 10, 20], 0)).toBe(10);
    expect(quantile([30, 10, 20], 0.5)).toBe(20);
    expect(quantile([30, 10, 20], 1)).toBe(30);
  });

  it('lies between two neighbours in proportion', () => {
    expect(quantile([10, 20], 0.25)).toBe(12.5);
    expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  });

  it('sorts by value and leaves its argument as it is', () => {
    const values = [100, 9, 10];

    expect(median(values)).toBe(10);
    expect(values).toEqual([100, 9, 10]);
  });

  it('refuses to tell anything about nothing', () => {
    expect(() => quantile([], 0.5)).toThrow(RangeError);
  });
});

describe('summarize', () => {
  it('tells the middle and the quartiles', () => {
    expect(summarize([5, 1, 4, 2, 3])).toEqual({ median: 3, low: 2, high: 4 });
  });
});

describe('ratio', () => {
  it('compares the values of one round with each other, so that a slow round spoils nothing', () => {
    expect(ratio([1, 100, 2], [2, 200, 4])).toBe(0.5);
  });

  it('compares the medians of rounds that do not pair', () => {
    expect(ratio([1, 2, 3], [4])).toBe(0.5);
  });
});
