/** The statistics for programs: the lines of the classic `pimpstat -c`, and JSON. */
import type { CounterName, Statistics, StatReading } from '../admin/stat-file.ts';

/** In the order of the classic program, with its words: `Cache` is the SELECT cache. */
const CLASSIC_LINES: readonly (readonly [CounterName, string])[] = [
  ['clientsNow', 'Current Client Connections'],
  ['clientsPeak', 'Peak Client Connections'],
  ['connectionsInUse', 'In Use Connections'],
  ['connectionsInUsePeak', 'Peak In Use Connections'],
  ['connectionsParked', 'Retained Server Connections'],
  ['connectionsParkedPeak', 'Peak Retained Server Connections'],
  ['clientsAccepted', 'Total Client Connections'],
  ['logins', 'Total Client Logins'],
  ['connectionsReused', 'Total Reused Connections'],
  ['connectionsCreated', 'Total Created Connections'],
  ['selectHits', 'Cache Hits'],
  ['selectMisses', 'Cache Misses'],
];

/** The 12 lines of the classic `pimpstat -c`, each with its blank in front and its LF. */
export function classicReport(statistics: Statistics): string {
  return CLASSIC_LINES.map(([counter, label]) => ` ${statistics[counter]} ${label}\n`).join('');
}

/** Everything in one line of JSON; times are in ISO 8601, and a ratio that is none yet is null. */
export function jsonReport(statFile: string, { statistics, refreshedAt }: StatReading): string {
  const ratio = loginRatio(statistics) ?? null;
  return `${JSON.stringify({ statFile, refreshedAt, ...statistics, loginRatio: ratio })}\n`;
}

/** Client logins for each login at the server; undefined before the first of these. */
export function loginRatio({ logins, connectionsCreated }: Statistics): number | undefined {
  return connectionsCreated === 0 ? undefined : logins / connectionsCreated;
}
