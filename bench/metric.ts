import type { ContestantName } from './contestants/contestant.ts';

export type Unit = 'ms' | 'us' | 'ns' | 'us/MB' | 'MB/s' | '1/s' | 'KiB' | '%' | 'count';

/** What has to be true of our figure. */
export interface Target {
  readonly sense: 'at most' | 'at least';
  readonly limit: number;
  /** Whose figure the limit multiplies; absent when it is a figure itself. */
  readonly times?: ContestantName | { readonly metric: string };
}

/** One line of the table. */
export interface Metric {
  readonly id: string;
  /** The name that `--only` takes. */
  readonly row: string;
  readonly title: string;
  readonly unit: Unit;
  readonly targets?: readonly Target[];
  /** Whether the README shows it. */
  readonly isHeadline?: boolean;
}

/** What was measured of one contestant: a value per round. */
export interface Figure {
  readonly metric: string;
  readonly contestant: ContestantName;
  readonly values: readonly number[];
}
