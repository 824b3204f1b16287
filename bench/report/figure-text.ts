import type { ContestantName } from '../contestants/contestant.ts';
import { median, summarize } from '../measure/statistics.ts';
import type { Target, Unit } from '../metric.ts';
import type { Verdict } from '../verdict.ts';

/** How each contestant is called in tables and charts. */
export const LABELS: Readonly<Record<ContestantName, string>> = {
  imapproxyd: 'imapproxyd',
  classic: 'classic',
  nginx: 'nginx mail',
  haproxy: 'HAProxy TCP',
  direct: 'direct',
};

/** Three digits that count, or all before the point. */
export function formatNumber(value: number): string {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  if (value >= 100) return value.toFixed(0);
  if (value >= 10) return value.toFixed(1);
  return value.toFixed(2);
}

/** The median, and how far the middle half of the rounds lies from it: `1.23 ±4%`. */
export function formatFigure(values: readonly number[]): string {
  const { median: middle, low, high } = summarize(values);
  if (values.length < 3 || middle === 0) return formatNumber(middle);
  const spread = ((high - low) / 2 / middle) * 100;
  return `${formatNumber(middle)} ±${spread.toFixed(0)}%`;
}

/** `imapproxyd` 0.47 ms: with the unit, for a sentence. */
export function formatMedian(values: readonly number[], unit: Unit): string {
  const number = formatNumber(median(values));
  if (unit === 'count') return number;
  return unit === '%' ? `${number}%` : `${number} ${unit}`;
}

/** `0.46 x classic (at most 0.50): ok`. */
export function formatVerdict({ target, measured, isMet }: Verdict): string {
  const times = target.times === undefined ? '' : ` x ${nameOf(target.times)}`;
  const word = isMet ? 'ok' : 'MISSED';
  return `${formatNumber(measured)}${times} (${target.sense} ${target.limit}): ${word}`;
}

function nameOf(times: NonNullable<Target['times']>): string {
  return typeof times === 'string' ? LABELS[times] : `our ${times.metric}`;
}
