/** The live screen as lines of text: the blocks and numbers of the classic one, rates, and the last minutes. */
import type { Statistics } from '../admin/stat-file.ts';
import { type Bars, sparkline } from './sparkline.ts';
import { type Followed, HISTORY_MS } from './stat-history.ts';
import type { Notice, WatchedStatistics } from './stat-watch.ts';
import { loginRatio } from './statistics-report.ts';

/** Everything the screen says. */
export interface ScreenState extends WatchedStatistics {
  readonly statFile: string;
  readonly now: Date;
  /** As the configuration file says; a stat file does not tell. */
  readonly isSelectCacheOn: boolean;
}

/** One line and how it is to be looked at. */
export interface ScreenLine {
  readonly text: string;
  readonly tone: 'plain' | 'heading' | 'warning';
}

/** What fills a classic terminal of 24 rows; every row beyond that makes the history higher. */
const MIN_ROWS = 24;
const CHARTS = 3;

/**
 * The screen for a terminal of that size: never more lines than `rows`, none longer than `columns`. On a
 * small one the empty lines go first, then the last ones.
 */
export function renderScreen(state: ScreenState, columns: number, rows: number, bars: Bars): ScreenLine[] {
  const chartRows = 1 + Math.floor(Math.max(rows - MIN_ROWS, 0) / CHARTS);
  const lines = [
    ...title(state, columns),
    ...times(state.statistics),
    BLANK,
    ...present(state.statistics),
    BLANK,
    ...totals(state),
    BLANK,
    selectCache(state),
    BLANK,
    ...charts(state, columns, chartRows, bars),
    BLANK,
    plain(' CTRL-C or q to quit.'),
  ];
  const fitting = lines.length > rows ? lines.filter((line) => line.text !== '') : lines;
  return fitting.slice(0, rows).map(({ text, tone }) => ({ text: text.slice(0, columns), tone }));
}

const BLANK = plain('');

function plain(text: string): ScreenLine {
  return { text, tone: 'plain' };
}

function heading(text: string): ScreenLine {
  return { text, tone: 'heading' };
}

function title({ statFile, now, notice }: ScreenState, columns: number): ScreenLine[] {
  const clock = now.toTimeString().slice(0, 8);
  const nameColumns = Math.max(columns - clock.length - 1, 0);
  const name = ` pimpstat  ${statFile}`.slice(0, nameColumns).padEnd(nameColumns);
  return [
    heading(`${name} ${clock}`),
    notice === undefined ? BLANK : { text: ` ${describe(notice)}`, tone: 'warning' },
  ];
}

function describe(notice: Notice): string {
  switch (notice.name) {
    case 'unreadable':
      return `CANNOT READ THE STAT FILE: ${notice.reason}`;
    case 'stale':
      return `STALE: not refreshed for ${Math.floor(notice.ageMs / 1000)} s; is the daemon running?`;
    case 'restarted':
      return `RESTARTED: the daemon has begun anew ${Math.floor(notice.agoMs / 1000)} s ago`;
  }
}

function times({ startTime, countTime }: Statistics): ScreenLine[] {
  return [
    plain(`       Server Start Time:     ${classicTime(startTime)}`),
    plain(` Last Counter Reset Time:     ${classicTime(countTime)}`),
  ];
}

/** As ctime(3) writes it: `Sun Nov  2 20:55:09 2026`. */
function classicTime(time: Date): string {
  const [weekday, month, day, year, clock] = time.toString().split(' ');
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${clock} ${year}`;
}

function present(statistics: Statistics): ScreenLine[] {
  const { clientsNow, clientsPeak } = statistics;
  const { connectionsInUse, connectionsInUsePeak, connectionsParked, connectionsParkedPeak } = statistics;
  return [
    pair('CLIENT CONNECTIONS', 'current', clientsNow, 'peak', clientsPeak),
    pair('ACTIVE SERVER CONNECTIONS', 'current', connectionsInUse, 'peak', connectionsInUsePeak),
    pair('CACHED SERVER CONNECTIONS', 'current', connectionsParked, 'peak', connectionsParkedPeak),
  ];
}

function selectCache({ statistics, isSelectCacheOn }: ScreenState): ScreenLine {
  return isSelectCacheOn
    ? pair('SELECT CACHE TOTALS', 'hit', statistics.selectHits, 'miss', statistics.selectMisses)
    : plain(' SELECT CACHE NOT ENABLED');
}

function pair(label: string, left: string, leftValue: number, right: string, rightValue: number): ScreenLine {
  const one = `${left}:`.padStart(11) + number(leftValue);
  const other = `${right}:`.padStart(11) + number(rightValue);
  return plain(` ${label.padEnd(26)}${one}${other}`);
}

function totals({ statistics, history }: ScreenState): ScreenLine[] {
  const ratio = loginRatio(statistics);
  const printedRatio = ratio === undefined ? 'N/A' : `${ratio.toFixed(2)} : 1`;
  const total = (label: string, counter: Followed): ScreenLine => {
    const rate = history.rate(counter)?.toFixed(1) ?? '-';
    return plain(totalText(label, number(statistics[counter])) + rate.padStart(17));
  };
  return [
    heading(` CONNECTION TOTALS${'per second'.padStart(61)}`),
    total('client connections accepted:', 'clientsAccepted'),
    total('client logins:', 'logins'),
    total('server connections created:', 'connectionsCreated'),
    total('server connection reuses:', 'connectionsReused'),
    plain(totalText('client login to server login ratio:', printedRatio)),
  ];
}

function totalText(label: string, value: string): string {
  return `   ${label.padEnd(36)}${value.padStart(20)}`;
}

function number(value: number): string {
  return String(value).padStart(11);
}

const CHART_LABEL_COLUMNS = 12;
const CHART_SCALE_COLUMNS = 14;

function charts({ history }: ScreenState, columns: number, height: number, bars: Bars): ScreenLine[] {
  const width = Math.max(columns - CHART_LABEL_COLUMNS - CHART_SCALE_COLUMNS, 0);
  const chart = (label: string, values: readonly (number | undefined)[], unit: string): ScreenLine[] => {
    const top = Math.max(0, ...values.map((value) => value ?? 0));
    return sparkline(values, top, height, bars).map((drawn, line) => {
      const name = line === 0 ? `   ${label}` : '';
      const scale = line === 0 ? `${Number(top.toFixed(1))}${unit}` : '';
      return plain(
        name.padEnd(CHART_LABEL_COLUMNS) + drawn.padStart(width) + scale.padStart(CHART_SCALE_COLUMNS),
      );
    });
  };
  const minutes = ` LAST ${HISTORY_MS / 60_000} MINUTES`.padEnd(CHART_LABEL_COLUMNS + width);
  return [
    heading(minutes + 'highest'.padStart(CHART_SCALE_COLUMNS)),
    ...chart('logins', history.rates('logins', width), '/s'),
    ...chart('reuses', history.rates('connectionsReused', width), '/s'),
    ...chart('clients', history.clients(width), ''),
  ];
}
