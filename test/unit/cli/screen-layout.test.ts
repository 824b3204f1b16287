import { describe, expect, it } from 'vitest';
import { renderScreen, type ScreenState } from '../../../src/cli/screen-layout.ts';
import { ASCII_BARS } from '../../../src/cli/sparkline.ts';
import { StatHistory } from '../../../src/cli/stat-history.ts';
import { statistics } from '../../support/statistics.ts';

/** Times are those of the zone in which the test runs, as the screen shows them. */
const NUMBERS = statistics({
  startTime: new Date(2026, 10, 2, 20, 55, 9),
  countTime: new Date(2026, 10, 22, 21, 0, 0),
  clientsNow: 2,
  logins: 30,
  connectionsCreated: 20,
});

function state(changes: Partial<ScreenState> = {}): ScreenState {
  const history = new StatHistory();
  history.add({ ...NUMBERS, logins: 20, connectionsReused: 9 }, 0);
  history.add({ ...NUMBERS, clientsNow: 1, logins: 20, connectionsReused: 9 }, 1_000);
  history.add(NUMBERS, 5_000);
  return {
    statistics: NUMBERS,
    history,
    notice: undefined,
    statFile: '/run/pimpstats',
    now: new Date(2026, 10, 23, 1, 2, 3),
    isSelectCacheOn: true,
    ...changes,
  };
}

function render(screen: ScreenState, columns = 80, rows = 24): string[] {
  return renderScreen(screen, columns, rows, ASCII_BARS).map(({ text }) => text.trimEnd());
}

describe('renderScreen', () => {
  it('fills a terminal of 80 columns and 24 rows', () => {
    expect(render(state())).toEqual([
      ' pimpstat  /run/pimpstats                                               01:02:03',
      '',
      '       Server Start Time:     Mon Nov  2 20:55:09 2026',
      ' Last Counter Reset Time:     Sun Nov 22 21:00:00 2026',
      '',
      ' CLIENT CONNECTIONS           current:          2      peak:          2',
      ' ACTIVE SERVER CONNECTIONS    current:          3      peak:          4',
      ' CACHED SERVER CONNECTIONS    current:          5      peak:          6',
      '',
      ' CONNECTION TOTALS                                                   per second',
      '   client connections accepted:                           7              0.0',
      '   client logins:                                        30              2.0',
      '   server connections created:                           20              0.0',
      '   server connection reuses:                             10              0.2',
      '   client login to server login ratio:             1.50 : 1',
      '',
      ' SELECT CACHE TOTALS              hit:         12      miss:         13',
      '',
      ' LAST 5 MINUTES                                                          highest',
      '   logins                                                        #           2/s',
      '   reuses                                                        #         0.2/s',
      '   clients                                                       #             2',
      '',
      ' CTRL-C or q to quit.',
    ]);
  });

  it('draws the history wider on a wide terminal and higher on a high one', () => {
    const lines = render(state(), 400, 30);
    expect(lines).toHaveLength(30);
    expect(lines.at(-1)).toBe(' CTRL-C or q to quit.');
    // A second is a column now; between the second look and the third nobody looked.
    const ends = lines.slice(18, 22).map((line) => line.slice(380).trimEnd());
    expect(ends).toEqual(['             highest', '     #         2.5/s', '     #', ' _   #']);
  });

  it.each([
    [80, 24],
    [80, 23],
    [79, 24],
    [200, 60],
    [60, 15],
    [20, 5],
    [9, 3],
    [1, 1],
  ])('keeps within %d columns and %d rows', (columns, rows) => {
    const lines = renderScreen(state(), columns, rows, ASCII_BARS);
    expect(lines.length).toBeLessThanOrEqual(rows);
    expect(Math.max(...lines.map(({ text }) => text.length))).toBeLessThanOrEqual(columns);
  });

  it('leaves out empty lines before it leaves out numbers', () => {
    const lines = render(state(), 80, 18);
    expect(lines).not.toContain('');
    expect(lines.at(-1)).toBe(' CTRL-C or q to quit.');
  });

  it('shows a long path as far as it fits beside the time', () => {
    const [title] = render(state({ statFile: `/${'x'.repeat(100)}` }));
    expect(title).toMatch(/^ pimpstat {2}\/x{59} 01:02:03$/);
  });

  it('says N/A and - where there is no number yet', () => {
    const numbers = { ...NUMBERS, connectionsCreated: 0 };
    const lines = render(state({ statistics: numbers, history: new StatHistory() }));
    expect(lines).toContain('   client login to server login ratio:                  N/A');
    expect(lines).toContain('   client logins:                                        30                -');
    expect(lines).toContain(
      '   logins                                                                    0/s',
    );
  });

  it('says that there is no SELECT cache', () => {
    expect(render(state({ isSelectCacheOn: false }))[16]).toBe(' SELECT CACHE NOT ENABLED');
  });

  it.each([
    [
      { name: 'unreadable', reason: 'permission denied' } as const,
      ' CANNOT READ THE STAT FILE: permission denied',
    ],
    [{ name: 'stale', ageMs: 65_999 } as const, ' STALE: not refreshed for 65 s; is the daemon running?'],
    [{ name: 'restarted', agoMs: 7_000 } as const, ' RESTARTED: the daemon has begun anew 7 s ago'],
  ])('warns under the title: %j', (notice, text) => {
    expect(renderScreen(state({ notice }), 80, 24, ASCII_BARS)[1]).toEqual({ text, tone: 'warning' });
  });
});
