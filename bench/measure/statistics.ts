/** Sorted samples and what is read from them. All functions leave their argument as it is. */

/** The middle and how far the middle half of the values lies apart. */
export interface Summary {
  readonly median: number;
  /** The first quartile. */
  readonly low: number;
  /** The third quartile. */
  readonly high: number;
}

/** @throws RangeError without values. */
export function summarize(values: readonly number[]): Summary {
  return { median: quantile(values, 0.5), low: quantile(values, 0.25), high: quantile(values, 0.75) };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * The value below which the share `q` (0 to 1) of the values lies, interpolated between neighbours
 * (type 7 of Hyndman and Fan, as in R and NumPy).
 *
 * @throws RangeError without values.
 */
export function quantile(values: ArrayLike<number>, q: number): number {
  if (values.length === 0) throw new RangeError('Cannot summarize: there are no values');
  const sorted = Float64Array.from(values).sort();
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const lower = sorted[below] ?? Number.NaN;
  const upper = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return lower + (upper - lower) * (position - below);
}

/**
 * How many times `values` are what `others` are. Values of the same round are compared with each other, because
 * the machine was the same for both; without such pairs the medians are.
 */
export function ratio(values: readonly number[], others: readonly number[]): number {
  if (values.length !== others.length) return median(values) / median(others);
  return median(values.map((value, round) => value / (others[round] ?? Number.NaN)));
}
