/** Eight characters from the lowest bar to the full one. */
export type Bars = string;

/** For terminals that show UTF-8. */
export const BLOCK_BARS: Bars = '▁▂▃▄▅▆▇█';

/** For all others. */
export const ASCII_BARS: Bars = '_.-=+*%#';

const STEPS = 8;

/**
 * Draws `values` as bars between 0 and `top`, one column for each, in `height` lines from above. The
 * lowest bar is 0 and nothing else; where a value is undefined nothing is drawn.
 */
export function sparkline(
  values: readonly (number | undefined)[],
  top: number,
  height: number,
  bars: Bars,
): string[] {
  const levels = values.map((value) => levelOf(value, top, height * STEPS));
  return Array.from({ length: height }, (_, line) => {
    const below = (height - 1 - line) * STEPS;
    return levels.map((level) => barOf(level - below, bars)).join('');
  });
}

/** From 0, which is not drawn, to `levels`. */
function levelOf(value: number | undefined, top: number, levels: number): number {
  if (value === undefined) return 0;
  if (value <= 0 || top <= 0) return 1;
  return Math.min(1 + Math.ceil((value / top) * (levels - 1)), levels);
}

function barOf(level: number, bars: Bars): string {
  return level <= 0 ? ' ' : (bars[Math.min(level, STEPS) - 1] ?? ' ');
}
