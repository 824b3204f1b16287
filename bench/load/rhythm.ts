import { Random } from './random.ts';

/** A connection that one user's webmail makes, `atMs` after the beginning. */
export interface Click {
  readonly atMs: number;
  /** From 0. */
  readonly user: number;
}

export interface RhythmModel {
  readonly users: number;
  /** Within which each user comes once, in ms. */
  readonly spanMs: number;
}

/** A visit to the mailbox: so many pages on average, at this distance, some of which need two connections at once. */
const PAGES_MEAN = 5;
const THINKING_MEDIAN_MS = 15_000;
/** Deviation of the logarithm: the mean is 25 s, one wait in a hundred is longer than two and a half minutes. */
const THINKING_SPREAD = 1;
const SHARE_WITH_TWO = 0.15;

/** Everybody's clicks in the order of time; those behind the span are cut off. */
export function clicks({ users, spanMs }: RhythmModel): Click[] {
  const random = new Random(20_261_123);
  const all: Click[] = [];
  for (let user = 0; user < users; user += 1) {
    let atMs = random.next() * spanMs;
    for (let pages = random.geometric(PAGES_MEAN); pages > 0 && atMs < spanMs; pages -= 1) {
      all.push({ atMs, user });
      if (random.next() < SHARE_WITH_TWO) all.push({ atMs, user });
      atMs += random.logNormal(THINKING_MEDIAN_MS, THINKING_SPREAD);
    }
  }
  return all.sort((a, b) => a.atMs - b.atMs);
}
