/** Bar charts as SVG, readable on light and on dark pages: the file follows the reader's colour scheme. */

export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands at the end of the bar. */
  readonly text: string;
  /** Ours, which is drawn in another colour. */
  readonly isHighlighted: boolean;
}

export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface BarChart {
  readonly title: string;
  /** Which direction is good, and the unit. */
  readonly caption: string;
  /** Each with a scale of its own. */
  readonly groups: readonly BarGroup[];
}

const WIDTH = 720;
const LABEL_WIDTH = 130;
const TEXT_WIDTH = 110;
const BAR_HEIGHT = 18;
const BAR_STEP = 24;
const GROUP_HEAD = 30;
const CHART_HEAD = 62;
const MARGIN = 16;

const STYLE = `
  .title { font: 600 17px system-ui, sans-serif; fill: #1b1f24; }
  .caption, .label, .value { font: 13px system-ui, sans-serif; fill: #57606a; }
  .group { font: 600 13px system-ui, sans-serif; fill: #1b1f24; }
  .value { fill: #1b1f24; }
  .bar { fill: #afb8c1; }
  .ours { fill: #0969da; }
  .paper { fill: #ffffff; }
  @media (prefers-color-scheme: dark) {
    .title, .group, .value { fill: #e6edf3; }
    .caption, .label { fill: #9198a1; }
    .bar { fill: #57606a; }
    .ours { fill: #4493f8; }
    .paper { fill: #0d1117; }
  }`;

export function barChart({ title, caption, groups }: BarChart): string {
  const parts: string[] = [];
  let top = CHART_HEAD;
  for (const group of groups) {
    parts.push(...drawGroup(group, top));
    top += GROUP_HEAD + group.bars.length * BAR_STEP;
  }
  const height = top + MARGIN;
  return `\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeXml(title)}">
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${height}" rx="8"/>
<text class="title" x="${MARGIN}" y="30">${escapeXml(title)}</text>
<text class="caption" x="${MARGIN}" y="50">${escapeXml(caption)}</text>
${parts.join('\n')}
</svg>
`;
}

function drawGroup({ title, bars }: BarGroup, top: number): string[] {
  const longest = Math.max(...bars.map(({ value }) => value));
  const room = WIDTH - LABEL_WIDTH - TEXT_WIDTH - MARGIN;
  const head = `<text class="group" x="${MARGIN}" y="${top + 20}">${escapeXml(title)}</text>`;
  const rows = bars.map(({ label, value, text, isHighlighted }, index) => {
    const y = top + GROUP_HEAD + index * BAR_STEP;
    const width = Math.max(1, Math.round((value / longest) * room));
    const middle = y + BAR_HEIGHT - 5;
    return [
      `<text class="label" x="${LABEL_WIDTH - 8}" y="${middle}" text-anchor="end">${escapeXml(label)}</text>`,
      `<rect class="${isHighlighted ? 'ours' : 'bar'}" x="${LABEL_WIDTH}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="3"/>`,
      `<text class="value" x="${LABEL_WIDTH + width + 6}" y="${middle}">${escapeXml(text)}</text>`,
    ].join('\n');
  });
  return [head, ...rows];
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
