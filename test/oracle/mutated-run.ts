import { fileURLToPath } from 'node:url';
import { tryProgram } from '../support/run-program.ts';
import type { Mutation } from './mutations.ts';
import type { CharacterName } from './world/character.ts';

/** Something that finds nothing, unless the rule of `mutation` is off. @throws Error when the run itself is broken. */
export type MutatedRun = (
  mutation: Mutation | undefined,
) => Promise<{ readonly failures: readonly string[] }>;

export interface OracleSample {
  readonly steps: number;
  readonly seed: number;
  /** In what kind of worlds; of all kinds when absent, and in those of the mutation if there is one. */
  readonly character?: CharacterName;
  /** How long it may take, in ms. */
  readonly deadlineMs: number;
}

const SWITCHED_OFF = new URL('switched-off.ts', import.meta.url).href;
const PROGRAM = fileURLToPath(new URL('run.ts', import.meta.url));

/** Many short worlds: what is left over is counted at the end of each. */
const WORLD_STEPS = 20_000;

/** Exit code of the program when it has found something. */
const FOUND = 3;

/** The isolation oracle as such a run, in a process of its own. */
export function oracleRun({ steps, seed, character, deadlineMs }: OracleSample): MutatedRun {
  return async (mutation) => {
    const environment = mutation === undefined ? [] : [`SWITCHED_OFF=${mutation.name}`];
    const kind = mutation?.character ?? character;
    const worlds = kind === undefined ? [] : ['--character', kind, '--length', `${WORLD_STEPS}`];
    const { exitCode, stdout, stderr } = await tryProgram(
      'env',
      [
        ...environment,
        process.execPath,
        '--import',
        SWITCHED_OFF,
        PROGRAM,
        ...['--steps', `${steps}`, '--seed', `${seed}`],
        ...worlds,
      ],
      { deadlineMs },
    );
    const lines = stdout.toString('latin1').split('\n');
    if (exitCode === 0) return { failures: [] };
    if (exitCode === FOUND) return { failures: lines.filter((line) => !line.startsWith('world ')) };
    throw new Error(`The oracle has ended with ${exitCode}: ${stderr}${stdout}`);
  };
}
