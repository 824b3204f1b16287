import { describe, expect, it } from 'vitest';
import { barChart } from '../../../bench/report/bar-chart.ts';

const GROUP = {
  title: 'page view',
  bars: [
    { label: 'ours', value: 50, text: '50 us', isHighlighted: true },
    { label: 'theirs', value: 100, text: '100 us', isHighlighted: false },
  ],
};

function widths(svg: string, kind: string): number[] {
  return [...svg.matchAll(new RegExp(`class="${kind}" x="\\d+" y="\\d+" width="(\\d+)"`, 'g'))].map((match) =>
    Number(match[1]),
  );
}

describe('barChart', () => {
  it('draws bars in proportion, the longest of each group in full', () => {
    const small = { title: 'other', bars: [{ label: 'ours', value: 1, text: '1 ms', isHighlighted: true }] };
    const svg = barChart({ title: 't', caption: 'c', groups: [GROUP, small] });
    const [theirs = 0] = widths(svg, 'bar');

    expect(widths(svg, 'ours')).toEqual([theirs / 2, theirs]);
  });

  it('follows the colour scheme of the reader', () => {
    expect(barChart({ title: 't', caption: 'c', groups: [GROUP] })).toContain(
      '@media (prefers-color-scheme: dark)',
    );
  });

  it('keeps what has a meaning in XML as text', () => {
    const svg = barChart({ title: 'a < "b" & c', caption: '', groups: [] });

    expect(svg).toContain('a &lt; &quot;b&quot; &amp; c</text>');
  });
});
