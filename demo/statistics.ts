/** What is told of a series of measurements, in the unit of the measurements. */
export interface Summary {
  readonly p50: number;
  readonly p95: number;
}

/**
 * The smallest value that at least `percent` of all values do not exceed (nearest rank), so that every
 * figure is one that was really measured.
 *
 * @throws RangeError when there are no values or `percent` is not above 0 and at most 100.
 */
export function percentile(values: readonly number[], percent: number): number {
  if (!(percent > 0 && percent <= 100))
    throw new RangeError(`Cannot take percentile ${percent}: expected 0 to 100`);
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.ceil((percent / 100) * sorted.length) - 1];
  if (value === undefined) throw new RangeError('Cannot take a percentile of no values');
  return value;
}

/** Sums up a series of measurements. @throws RangeError when it is empty. */
export function summarize(values: readonly number[]): Summary {
  return { p50: percentile(values, 50), p95: percentile(values, 95) };
}
