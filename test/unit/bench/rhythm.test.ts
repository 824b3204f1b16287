import { describe, expect, it } from 'vitest';
import { clicks } from '../../../bench/load/rhythm.ts';

const MODEL = { users: 1000, spanMs: 600_000 };

describe('clicks', () => {
  it('come in the order of time, within the span', () => {
    const times = clicks(MODEL).map(({ atMs }) => atMs);

    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(0);
    expect(times.at(-1)).toBeLessThan(MODEL.spanMs);
  });

  it('come from everybody, several from most', () => {
    const all = clicks(MODEL);

    expect(new Set(all.map(({ user }) => user)).size).toBe(MODEL.users);
    expect(all.length / MODEL.users).toBeGreaterThan(4);
    expect(all.length / MODEL.users).toBeLessThan(7);
  });

  it('are the same in every run', () => {
    expect(clicks(MODEL)).toEqual(clicks(MODEL));
  });
});
