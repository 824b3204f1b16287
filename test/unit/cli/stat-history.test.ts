import { describe, expect, it } from 'vitest';
import { StatHistory } from '../../../src/cli/stat-history.ts';
import type { Statistics } from '../../../src/observe/statistics.ts';
import { statistics } from '../../support/statistics.ts';

/** A history of looks at the given seconds. */
function historyOf(...looks: (readonly [second: number, changes: Partial<Statistics>])[]): StatHistory {
  const history = new StatHistory();
  for (const [second, changes] of looks) history.add(statistics(changes), second * 1000);
  return history;
}

describe('StatHistory', () => {
  it('knows no rate before the second look', () => {
    expect(historyOf().rate('logins')).toBeUndefined();
    expect(historyOf([0, {}]).rate('logins')).toBeUndefined();
    expect(historyOf([0, {}]).rates('logins', 10)).toEqual([]);
  });

  it('gives the growth of a total for each second', () => {
    const history = historyOf([0, { logins: 100 }], [0.5, { logins: 101 }], [2, { logins: 105 }]);
    expect(history.rate('logins')).toBe(2.5);
  });

  it('takes the present rate over five seconds', () => {
    const history = historyOf(
      [0, { logins: 0 }],
      [10, { logins: 1000 }],
      [13, { logins: 1006 }],
      [15, { logins: 1010 }],
    );
    expect(history.rate('logins')).toBe(2);
  });

  it('ignores a second look at the same moment', () => {
    expect(historyOf([0, { logins: 0 }], [0, { logins: 5 }]).rate('logins')).toBeUndefined();
  });

  it.each([
    ['after a restart', { startTime: new Date('2026-11-23T00:00:00Z') }],
    ['after a reset', { countTime: new Date('2026-11-23T00:00:00Z') }],
  ])('counts from 0 %s', (_, changes) => {
    expect(historyOf([0, { logins: 100 }], [1, { logins: 4, ...changes }]).rate('logins')).toBe(4);
  });

  it('goes on when a counter has gone round', () => {
    expect(historyOf([0, { logins: 2 ** 32 - 2 }], [1, { logins: 3 }]).rate('logins')).toBe(5);
  });

  it('takes a small step back for no growth', () => {
    expect(historyOf([0, { logins: 100 }], [1, { logins: 99 }]).rate('logins')).toBe(0);
  });

  it('divides the last five minutes into equal pieces, the newest last', () => {
    const history = historyOf(
      [0, { logins: 0 }],
      [30, { logins: 30 }],
      [90, { logins: 210 }],
      [100, { logins: 240 }],
    );
    expect(history.rates('logins', 5)).toEqual([undefined, undefined, undefined, 1, 3]);
  });

  it('forgets what is older than five minutes', () => {
    const history = historyOf([0, {}], [1, { clientsNow: 9 }], [301, { clientsNow: 2 }]);
    expect(history.clients(1)).toEqual([2]);
  });

  it('makes no piece shorter than a second, and so no more pieces than there are', () => {
    const history = historyOf([0, {}], [1, {}]);
    expect(history.rates('logins', 1000)).toHaveLength(300);
    expect(history.rates('logins', 54)).toHaveLength(50);
    expect(history.rates('logins', 0)).toEqual([]);
  });

  it('shows the highest number of clients in each piece', () => {
    const history = historyOf(
      [0, {}],
      [1, { clientsNow: 7 }],
      [2, { clientsNow: 3 }],
      [60, { clientsNow: 1 }],
    );
    expect(history.clients(5)).toEqual([undefined, undefined, undefined, 7, 1]);
  });
});
