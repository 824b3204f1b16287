import type { CounterName, Statistics } from '../admin/stat-file.ts';

/** The totals whose growth is followed. */
export const FOLLOWED = ['clientsAccepted', 'logins', 'connectionsCreated', 'connectionsReused'] as const;

export type Followed = (typeof FOLLOWED)[number];

/** What one look has shown since the look before. */
interface Sample {
  readonly atMs: number;
  /** How long the look before was ago, in ms. */
  readonly spanMs: number;
  readonly grown: Readonly<Record<Followed, number>>;
  readonly clients: number;
}

/** How far the history goes back, in ms. */
export const HISTORY_MS = 300_000;

/** Over how long a present rate is taken, in ms: long enough to be read, short enough to follow. */
const RATE_MS = 5_000;

/** The growth of the totals and the number of clients over the last minutes. */
export class StatHistory {
  #samples: Sample[] = [];
  #previous: { readonly atMs: number; readonly statistics: Statistics } | undefined;

  /** Adds what was read at `atMs`, which never goes backwards. */
  add(statistics: Statistics, atMs: number): void {
    const previous = this.#previous;
    this.#previous = { atMs, statistics };
    if (previous === undefined || previous.atMs === atMs) return;
    const growth = FOLLOWED.map((total) => [total, growthOf(total, previous.statistics, statistics)]);
    const grown = Object.fromEntries(growth) as Record<Followed, number>;
    const spanMs = atMs - previous.atMs;
    this.#samples.push({ atMs, spanMs, grown, clients: statistics.clientsNow });
    this.#samples = this.#samples.filter((sample) => sample.atMs > atMs - HISTORY_MS);
  }

  /** How much `total` grows each second at present; undefined before the second look. */
  rate(total: Followed): number | undefined {
    const newestMs = this.#samples.at(-1)?.atMs ?? 0;
    return rateOf(
      total,
      this.#samples.filter(({ atMs }) => atMs > newestMs - RATE_MS),
    );
  }

  /**
   * The growth of `total` each second, in at most `count` equal pieces of time, the newest last;
   * undefined where nobody looked.
   */
  rates(total: Followed, count: number): (number | undefined)[] {
    return this.#pieces(count).map((samples) => rateOf(total, samples));
  }

  /** The highest number of clients in each of the pieces of time of {@link rates}. */
  clients(count: number): (number | undefined)[] {
    return this.#pieces(count).map((samples) =>
      samples.length === 0 ? undefined : Math.max(...samples.map(({ clients }) => clients)),
    );
  }

  /** Pieces begin at multiples of their length, so that a sample stays in its piece while time goes on. */
  #pieces(count: number): Sample[][] {
    const newest = this.#samples.at(-1);
    if (newest === undefined || count < 1) return [];
    const pieceMs = Math.ceil(HISTORY_MS / count / 1000) * 1000;
    const pieceOf = (sample: Sample): number => Math.floor(sample.atMs / pieceMs);
    const byPiece = Map.groupBy(this.#samples, pieceOf);
    const last = pieceOf(newest);
    const length = Math.ceil(HISTORY_MS / pieceMs);
    return Array.from({ length }, (_, index) => byPiece.get(last - length + 1 + index) ?? []);
  }
}

function rateOf(total: Followed, samples: readonly Sample[]): number | undefined {
  const spanMs = samples.reduce((sum, sample) => sum + sample.spanMs, 0);
  const grown = samples.reduce((sum, sample) => sum + sample.grown[total], 0);
  return spanMs === 0 ? undefined : (grown * 1000) / spanMs;
}

const WRAP = 2 ** 32;

function growthOf(total: CounterName, before: Statistics, after: Statistics): number {
  const isSameCount =
    before.startTime.getTime() === after.startTime.getTime() &&
    before.countTime.getTime() === after.countTime.getTime();
  if (!isSameCount) return after[total];
  const growth = after[total] - before[total];
  // A step far back is a counter that has gone round; a small one is a correction, or the classic daemon's lost update.
  return growth < -WRAP / 2 ? growth + WRAP : Math.max(growth, 0);
}
