import { availableParallelism } from 'node:os';
import { describe, expect, it } from 'vitest';
import { oracleRun } from '../../oracle/mutated-run.ts';
import { MUTATIONS, type Mutation } from '../../oracle/mutations.ts';
import { CHARACTER_NAMES } from '../../oracle/world/character.ts';

/** Most rules are missed within a few thousand steps, and the run ends then; with the same seed at the same step each time. */
const { MUTATION_STEPS = '2000000', MUTATION_SEED = '7' } = process.env;

/** As many as most rules take to be missed. */
const CLEAN_STEPS = 40_000;

const RUN_MS = 180_000;

/** For all of them, those waited for included. */
const TEST_MS = 1_800_000;

/** Lets as many through at a time as there are processors. */
class Turnstile {
  #free = availableParallelism();
  readonly #waiting: (() => void)[] = [];

  async pass<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free === 0) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    else this.#free -= 1;
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

describe('Isolation oracle', () => {
  const turnstile = new Turnstile();
  const seed = Number(MUTATION_SEED);

  it.concurrent.each(CHARACTER_NAMES)(
    'finds nothing in a world that is %s while all rules are on',
    async (character) => {
      const run = oracleRun({ steps: CLEAN_STEPS, seed, character, deadlineMs: RUN_MS });
      const { failures } = await turnstile.pass(() => run(undefined));
      expect(failures).toEqual([]);
    },
    TEST_MS,
  );

  it.concurrent.each(MUTATIONS.map((mutation) => [mutation.rule, mutation.name, mutation] as const))(
    'misses the rule that %s (%s)',
    async (_rule: string, _name: string, mutation: Mutation) => {
      const run = oracleRun({ steps: Number(MUTATION_STEPS), seed, deadlineMs: RUN_MS });
      const { failures } = await turnstile.pass(() => run(mutation));
      expect(failures).not.toEqual([]);
    },
    TEST_MS,
  );
});
