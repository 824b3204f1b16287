import { describe, expect, it } from 'vitest';
import { Figures } from '../../../bench/figures.ts';
import type { Metric, Target } from '../../../bench/metric.ts';
import { verdictsOn } from '../../../bench/verdict.ts';

function figures(): Figures {
  const all = new Figures();
  for (const value of [1, 2, 3]) all.add('time', 'imapproxyd', value);
  for (const value of [4, 8, 12]) all.add('time', 'classic', value);
  all.add('idle', 'imapproxyd', 1);
  return all;
}

function metric(...targets: readonly Target[]): Metric {
  return { id: 'time', row: 'row', title: 'a time', unit: 'ms', targets };
}

describe('verdictsOn', () => {
  it('judges the ratio to somebody else, in both senses', () => {
    const atMost = { sense: 'at most', limit: 0.25, times: 'classic' } as const;
    const atLeast = { sense: 'at least', limit: 0.3, times: 'classic' } as const;

    expect(verdictsOn(metric(atMost, atLeast), figures())).toEqual([
      { metric: 'time', target: atMost, measured: 0.25, isMet: true },
      { metric: 'time', target: atLeast, measured: 0.25, isMet: false },
    ]);
  });

  it('judges the ratio to another figure of ours', () => {
    const target = { sense: 'at most', limit: 5, times: { metric: 'idle' } } as const;

    expect(verdictsOn(metric(target), figures())[0]).toMatchObject({ measured: 2, isMet: true });
  });

  it('judges the figure itself', () => {
    expect(verdictsOn(metric({ sense: 'at most', limit: 1.9 }), figures())[0]).toMatchObject({
      measured: 2,
      isMet: false,
    });
  });

  it('says nothing where a figure is missing', () => {
    expect(verdictsOn(metric({ sense: 'at most', limit: 1, times: 'nginx' }), figures())).toEqual([]);
  });
});
