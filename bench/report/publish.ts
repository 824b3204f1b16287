import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { BenchResult } from '../bench.ts';
import type { Machine } from '../measure/machine.ts';
import { drawCharts } from './charts.ts';
import { replaceMarkedBlock } from './marked-block.ts';
import { benchmarkPage } from './page.ts';
import { summaryTable } from './summary.ts';
import { markdownTable } from './table.ts';

const ROOT = new URL('../../', import.meta.url);
const FIRST_COLUMN: ReadonlySet<number> = new Set([0]);

/** Writes docs/benchmarks.md, its charts, and the marked block of the README. @returns the files written. */
export function publish(result: BenchResult, machine: Machine): string[] {
  const charts = drawCharts(result.figures);
  const written: string[] = [];
  const write = (path: string, text: string): void => {
    writeFileSync(new URL(path, ROOT), text);
    written.push(path);
  };
  mkdirSync(fileURLToPath(new URL('docs/benchmarks/', ROOT)), { recursive: true });
  for (const { name, svg } of charts) write(`docs/benchmarks/${name}.svg`, svg);
  write('docs/benchmarks.md', benchmarkPage(result, machine, charts));
  const readme = readFileSync(new URL('README.md', ROOT), 'utf8');
  const table = markdownTable(summaryTable(result.figures), FIRST_COLUMN);
  const renewed = replaceMarkedBlock(readme, table);
  if (renewed !== undefined) write('README.md', renewed);
  return written;
}
