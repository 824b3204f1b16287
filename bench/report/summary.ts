import { CONTESTANTS, type ContestantName } from '../contestants/contestant.ts';
import type { Figures } from '../figures.ts';
import { METRICS } from '../metrics.ts';
import { formatMedian, LABELS } from './figure-text.ts';
import type { Cells } from './table.ts';

/** What a reader of the README compares. */
const COLUMNS: readonly ContestantName[] = CONTESTANTS;

/** The headlines alone, medians alone. */
export function summaryTable(figures: Figures): Cells {
  const head = ['', ...COLUMNS.map((name) => LABELS[name])];
  const body = METRICS.filter(
    (metric) => metric.isHeadline === true && figures.of(metric.id, 'imapproxyd') !== undefined,
  ).map(({ id, title, unit }) => [
    title,
    ...COLUMNS.map((name) => {
      const values = figures.of(id, name);
      return values === undefined ? '-' : formatMedian(values, unit);
    }),
  ]);
  return [head, ...body];
}
