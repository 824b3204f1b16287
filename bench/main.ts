/**
 * `npm run bench`: measures ours beside what it replaces and what else there is, and prints one table.
 * Exit codes: 0 done, 1 something could not be measured, 64 usage. Whether demands are met does not matter to it.
 */
import { runBench } from './bench.ts';
import { describeMachine } from './measure/machine.ts';
import { METRICS } from './metrics.ts';
import { type Options, parseOptions, usage } from './options.ts';
import { figureTable, LEFT_COLUMNS } from './report/figure-table.ts';
import { publish } from './report/publish.ts';
import { rawReport } from './report/raw.ts';
import { plainTable } from './report/table.ts';
import { ROWS } from './rows.ts';

process.exitCode = await main();

async function main(): Promise<number> {
  const rows = [...ROWS.keys()];
  let options: Options;
  try {
    options = parseOptions(process.argv.slice(2), rows);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage(rows)}`);
    return 64;
  }
  if (options.help) {
    console.log(usage(rows));
    return 0;
  }
  return measure(
    options,
    options.only.length === 0 ? rows : rows.filter((name) => options.only.includes(name)),
  );
}

async function measure({ quick, json, only }: Options, rows: readonly string[]): Promise<number> {
  const result = await runBench(rows, quick, (line) => console.error(line));
  const machine = describeMachine();
  if (json) {
    console.log(rawReport(result, machine, quick));
  } else {
    console.log(`\n${plainTable(figureTable(METRICS, result.figures), LEFT_COLUMNS)}`);
    for (const note of result.notes) console.log(`Note: ${note}`);
  }
  for (const failure of result.failures) console.error(`Cannot measure ${failure}`);
  const isComplete = result.failures.length === 0 && !quick && only.length === 0;
  if (isComplete) for (const file of publish(result, machine)) console.error(`wrote ${file}`);
  return result.failures.length === 0 ? 0 : 1;
}
