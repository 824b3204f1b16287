import { Figures } from './figures.ts';
import { type ProcessorClock, processorClock } from './measure/processor-time.ts';
import { RowRun } from './row-run.ts';
import { ROWS } from './rows.ts';

/** What came of a run. */
export interface BenchResult {
  readonly figures: Figures;
  /** What whoever reads the figures must know. */
  readonly notes: readonly string[];
  /** Rows that could not be measured, each with the reason. */
  readonly failures: readonly string[];
  readonly startedAt: Date;
  readonly elapsedMs: number;
  /** How processor time was read. */
  readonly clock: string;
}

/** A row that has not begun by then is left out, in ms: on a busy machine a run shall end too. */
const LAST_BEGIN_MS = { full: 9 * 60_000, quick: 80_000 };

/** Measures the named rows one after the other; `say` is told of each. A row that fails does not keep others from it. */
export async function runBench(
  names: readonly string[],
  isQuick: boolean,
  say: (line: string) => void,
): Promise<BenchResult> {
  const startedAt = new Date();
  const figures = new Figures();
  const notes: string[] = [];
  const failures: string[] = [];
  const clock = await processorClock();
  const begunAt = performance.now();
  for (const name of names) {
    const rowBegunAt = performance.now();
    if (rowBegunAt - begunAt > LAST_BEGIN_MS[isQuick ? 'quick' : 'full']) {
      failures.push(`${name}: no time was left for it`);
      continue;
    }
    try {
      await measureRow(name, { figures, clock, isQuick, notes });
    } catch (error) {
      failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    say(`${name.padEnd(14)} ${((performance.now() - rowBegunAt) / 1000).toFixed(1)} s`);
  }
  const elapsedMs = performance.now() - begunAt;
  return { figures, notes, failures, startedAt, elapsedMs, clock: clock.description };
}

interface RowParts {
  readonly figures: Figures;
  readonly clock: ProcessorClock;
  readonly isQuick: boolean;
  readonly notes: string[];
}

async function measureRow(name: string, { figures, clock, isQuick, notes }: RowParts): Promise<void> {
  const measure = ROWS.get(name);
  if (measure === undefined) throw new Error(`Cannot find the row ${name}`);
  await using run = new RowRun(figures, clock, isQuick, notes);
  await measure(run);
}
