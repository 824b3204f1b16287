import type { BenchResult } from '../bench.ts';
import type { Machine } from '../measure/machine.ts';
import { METRICS } from '../metrics.ts';
import { verdictsOn } from '../verdict.ts';

/** Everything of a run as one JSON object: figures by metric and contestant, a value per round. */
export function rawReport(result: BenchResult, machine: Machine, isQuick: boolean): string {
  const { figures, notes, failures, startedAt, elapsedMs, clock } = result;
  const report = {
    startedAt: startedAt.toISOString(),
    elapsedSeconds: Math.round(elapsedMs / 1000),
    isQuick,
    machine,
    clock,
    metrics: METRICS.map(({ id, row, title, unit }) => ({ id, row, title, unit })),
    figures: figures.list(),
    targets: METRICS.flatMap((metric) => verdictsOn(metric, figures)),
    notes,
    failures,
  };
  return JSON.stringify(report, undefined, 2);
}
