/**
 * The long run: `node test/integration/differential/long-run.ts --commands 200000 [--seed 1] [--lanes 8]`, or the
 * environment variables DIFFERENTIAL_COMMANDS and DIFFERENTIAL_SEED. Ends with 1 when there is a difference.
 */
import { parseArgs } from 'node:util';
import { describeDifference, runDifferential } from './run-differential.ts';

const PROGRESS_COMMANDS = 5_000;

const { DIFFERENTIAL_COMMANDS, DIFFERENTIAL_SEED } = process.env;
const { values } = parseArgs({
  options: {
    commands: { type: 'string', default: DIFFERENTIAL_COMMANDS ?? '200000' },
    seed: { type: 'string', default: DIFFERENTIAL_SEED ?? String(Date.now() % 1_000_000) },
    lanes: { type: 'string', default: '8' },
  },
});

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const startedAt = performance.now();
let told = 0;

say(`Seed ${values.seed}`);
const result = await runDifferential({
  seed: Number(values.seed),
  commands: Number(values.commands),
  lanes: Number(values.lanes),
  onProgress: (played) => {
    if (played - told < PROGRESS_COMMANDS) return;
    told = played;
    say(`${played} commands, ${perSecond(played)} a second`);
  },
});
for (const difference of result.differences) say(`\n${describeDifference(difference)}`);
say(
  `${result.commands} commands, ${perSecond(result.commands)} a second, ${result.reused} connections used again, ` +
    `${result.undecided} scripts in which the server was undecided, ${result.differences.length} differences`,
);
process.exitCode = result.differences.length === 0 ? 0 : 1;

function perSecond(commands: number): number {
  return Math.round((commands * 1_000) / (performance.now() - startedAt));
}
