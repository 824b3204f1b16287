import { describe, expect, it } from 'vitest';
import type { Measurement } from '../../../demo/measure.ts';
import { milliseconds, reportLines, summaryLine } from '../../../demo/report.ts';

/** Page views that take `login` ms to log in and 1 ms for each of the other four steps. */
function measurement(logins: number, ...loginTimes: number[]): Measurement {
  const views = loginTimes.map((login) => {
    return { connect: 1, login, select: 1, fetch: 1, logout: 1, page: login + 4 };
  });
  return { views, logins };
}

describe('summaryLine', () => {
  it.each([
    [measurement(3, 46, 46, 46), measurement(1, 46, 1, 1), '10.0 times faster'],
    [measurement(1, 6), measurement(1, 16), '2.0 times slower'],
    [measurement(1, 6), measurement(1, 6), 'No difference'],
  ])('tells the factor between the medians, whichever way it points', (direct, cached, verdict) => {
    expect(summaryLine(direct, cached)).toContain(verdict);
  });

  it('names both times', () => {
    const line = summaryLine(measurement(1, 96), measurement(1, 1));
    expect(line).toContain('a page view takes 5.00 ms through the proxy, 100 ms without');
  });
});

describe('reportLines', () => {
  const lines = reportLines(measurement(3, 40, 46, 50), measurement(1, 46, 1, 1));

  it('shows median and 95th percentile of each step both ways', () => {
    expect(lines.find((line) => line.startsWith('login '))?.split(/\s{2,}/)).toEqual([
      'login',
      '46.0 ms',
      '50.0 ms',
      '1.00 ms',
      '46.0 ms',
    ]);
  });

  it('shows how many page views and logins there were', () => {
    expect(lines.at(-2)?.split(/\s{2,}/)).toEqual(['page views', '3', '3']);
    expect(lines.at(-1)?.split(/\s{2,}/)).toEqual(['logins the server saw', '3', '1']);
  });

  it('lines up the columns', () => {
    const ends = lines.filter((line) => line.includes(' ms')).map((line) => line.length);
    expect(new Set(ends).size).toBe(1);
  });
});

describe('milliseconds', () => {
  it.each([
    [0.123, '0.12 ms'],
    [9.99, '9.99 ms'],
    [9.999, '10.0 ms'],
    [45.67, '45.7 ms'],
    [99.96, '100 ms'],
    [3141.5, '3142 ms'],
  ])('writes %d with three digits: %s', (time, expected) => {
    expect(milliseconds(time)).toBe(expected);
  });
});
