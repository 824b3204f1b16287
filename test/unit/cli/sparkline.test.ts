import { describe, expect, it } from 'vitest';
import { ASCII_BARS, BLOCK_BARS, sparkline } from '../../../src/cli/sparkline.ts';

describe('sparkline', () => {
  it('draws the lowest bar for 0, the highest for the top, and nothing where nothing is known', () => {
    expect(sparkline([undefined, 0, 1, 4, 7], 7, 1, BLOCK_BARS)).toEqual([' ▁▂▅█']);
  });

  it('never draws 0 for something', () => {
    expect(sparkline([0, 0.001], 1_000, 1, ASCII_BARS)).toEqual(['_.']);
  });

  it('draws a row of zeros when there is nothing but 0', () => {
    expect(sparkline([0, 0, 0], 0, 2, BLOCK_BARS)).toEqual(['   ', '▁▁▁']);
  });

  it('spreads a high chart over several lines from above', () => {
    expect(sparkline([0, 15, 5, undefined], 15, 2, BLOCK_BARS)).toEqual([' █  ', '▁█▆ ']);
  });

  it('cuts off what is above the top', () => {
    expect(sparkline([9], 3, 1, BLOCK_BARS)).toEqual(['█']);
  });
});
