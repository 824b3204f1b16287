import type { ContestantName } from './contestants/contestant.ts';
import type { Figures } from './figures.ts';
import { median, ratio } from './measure/statistics.ts';
import type { Metric, Target } from './metric.ts';

const OURS: ContestantName = 'imapproxyd';

/** How a target came out. */
export interface Verdict {
  readonly metric: string;
  readonly target: Target;
  /** The ratio, or the figure itself where the target is one. */
  readonly measured: number;
  readonly isMet: boolean;
}

/** Judges the targets of a metric for which all figures are there. */
export function verdictsOn(metric: Metric, figures: Figures): Verdict[] {
  const verdicts: Verdict[] = [];
  for (const target of metric.targets ?? []) {
    const measured = measure(metric, target, figures);
    if (measured === undefined) continue;
    const isMet = target.sense === 'at most' ? measured <= target.limit : measured >= target.limit;
    verdicts.push({ metric: metric.id, target, measured, isMet });
  }
  return verdicts;
}

function measure({ id }: Metric, { times }: Target, figures: Figures): number | undefined {
  const ours = figures.of(id, OURS);
  if (ours === undefined) return undefined;
  if (times === undefined) return median(ours);
  const others = typeof times === 'string' ? figures.of(id, times) : figures.of(times.metric, OURS);
  return others && ratio(ours, others);
}
