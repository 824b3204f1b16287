/**
 * The isolation oracle: `node test/oracle/run.ts --steps 5000000 --seed 1`. Worlds of random sessions, one after another; the
 * first thing of one session that another is shown ends the run. `--world N` repeats one of them, `--length N` gives each so
 * many steps, `--trace N` prints what session N says and hears, `--character NAME` makes all worlds of one kind.
 *
 * Exit codes: 0 nothing was found, 3 something was; any other: the run itself is broken.
 */
import { parseArgs } from 'node:util';
import { Random } from './random.ts';
import { simulateNetwork } from './simulated-network.ts';
import type { World } from './world/world.ts';

/** Exit code of a run that has found something. */
const FOUND = 3;

const { values } = parseArgs({
  options: {
    steps: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    length: { type: 'string', default: '50000' },
    world: { type: 'string' },
    character: { type: 'string' },
    trace: { type: 'string' },
  },
});

// The simulation replaces them while it runs.
const wallClock = performance;
let world: World | undefined;

process.on('uncaughtException', (error) => {
  if (world === undefined) {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  }
  world.judge.fail(`The proxy threw ${error.stack}`);
});

simulateNetwork();
const { isCharacterName } = await import('./world/character.ts');
const { World: LoadedWorld } = await import('./world/world.ts');

const characterName = values.character;
if (characterName !== undefined && !isCharacterName(characterName))
  throw new Error(`There are no worlds of the kind "${characterName}"`);

const seed = Number(values.seed);
const length = Number(values.length);
const firstWorld = Number(values.world ?? 0);
const wanted = values.world === undefined ? Number(values.steps) : length;
const traced = values.trace === undefined ? undefined : Number(values.trace);
const total = { steps: 0, sessions: 0, logins: 0, reuses: 0 };
const startedAt = wallClock.now();
let digest = '';

for (let index = firstWorld; total.steps < wanted; index += 1) {
  world = new LoadedWorld(Random.seedOf(seed, index), { characterName, traced });
  await world.run(Math.min(length, wanted - total.steps));
  const { judge, steps, sessions, logins } = world;
  if (judge.hasFailed) {
    const kind = characterName === undefined ? '' : ` --character '${characterName}'`;
    process.stdout.write(
      `${judge.failures.join('\n')}\nAt step ${steps} of world ${index}. To see it again:\n`,
    );
    process.stdout.write(
      `node test/oracle/run.ts --seed ${seed} --world ${index} --length ${length}${kind}\n`,
    );
    process.exit(FOUND);
  }
  total.steps += steps;
  total.sessions += sessions;
  total.logins += logins;
  total.reuses += judge.reuses;
  digest = world.digest;
  const seconds = ((wallClock.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`world ${index}: ${JSON.stringify(total)} ${digest} ${seconds} s\n`);
}
process.stdout.write(`${total.steps} steps, nothing foreign, seed ${seed}, digest ${digest}\n`);
process.exit(0);
