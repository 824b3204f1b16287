import { CONTESTANTS } from '../contestants/contestant.ts';
import type { Figures } from '../figures.ts';
import type { Metric } from '../metric.ts';
import { verdictsOn } from '../verdict.ts';
import { formatFigure, formatVerdict, LABELS } from './figure-text.ts';
import type { Cells } from './table.ts';

/** The columns that hold words. */
export const LEFT_COLUMNS: ReadonlySet<number> = new Set([0, 1, 2 + CONTESTANTS.length]);

/** One line for each metric that was measured, with what was demanded of it. */
export function figureTable(metrics: readonly Metric[], figures: Figures): Cells {
  const head = ['', 'unit', ...CONTESTANTS.map((name) => LABELS[name]), 'measured (demanded)'];
  const body = metrics
    .filter((metric) => CONTESTANTS.some((name) => figures.of(metric.id, name) !== undefined))
    .map((metric) => [
      metric.title,
      metric.unit,
      ...figureCells(metric, figures),
      verdictCell(metric, figures),
    ]);
  return [head, ...body];
}

function figureCells(metric: Metric, figures: Figures): string[] {
  return CONTESTANTS.map((name) => {
    const values = figures.of(metric.id, name);
    return values === undefined ? '-' : formatFigure(values);
  });
}

function verdictCell(metric: Metric, figures: Figures): string {
  return verdictsOn(metric, figures).map(formatVerdict).join('; ');
}
