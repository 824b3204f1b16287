import { describe, expect, it } from 'vitest';
import {
  formatFigure,
  formatMedian,
  formatNumber,
  formatVerdict,
} from '../../../bench/report/figure-text.ts';

describe('formatNumber', () => {
  it.each([
    [0.4567, '0.46'],
    [12.34, '12.3'],
    [123.4, '123'],
    [12_345.6, '12,346'],
  ])('writes %d with the digits that count', (value, text) => {
    expect(formatNumber(value)).toBe(text);
  });
});

describe('formatFigure', () => {
  it('tells how far the rounds lie apart', () => {
    expect(formatFigure([90, 100, 110])).toBe('100 ±5%');
  });

  it('tells no spread of fewer than three rounds', () => {
    expect(formatFigure([90, 110])).toBe('100');
  });
});

describe('formatMedian', () => {
  it('sets the unit behind the number, but none behind a count', () => {
    expect(formatMedian([2, 1, 3], 'ms')).toBe('2.00 ms');
    expect(formatMedian([99], '%')).toBe('99.0%');
    expect(formatMedian([2000], 'count')).toBe('2,000');
  });
});

describe('formatVerdict', () => {
  it('names what was compared with, what was demanded and how it came out', () => {
    const target = { sense: 'at most', limit: 0.5, times: 'classic' } as const;

    expect(formatVerdict({ metric: 'm', target, measured: 0.456, isMet: true })).toBe(
      '0.46 x classic (at most 0.5): ok',
    );
  });

  it('names no one where the figure itself was demanded', () => {
    const target = { sense: 'at least', limit: 10 } as const;

    expect(formatVerdict({ metric: 'm', target, measured: 7, isMet: false })).toBe(
      '7.00 (at least 10): MISSED',
    );
  });
});
