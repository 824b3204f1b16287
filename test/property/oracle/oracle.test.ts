import { expect, it } from 'vitest';
import { oracleRun } from '../../oracle/mutated-run.ts';

const STEPS = 200_000;

it(`Nothing of one session shows in another in ${STEPS} random steps`, async () => {
  const seed = Date.now() % 2 ** 32;
  const { failures } = await oracleRun({ steps: STEPS, seed, deadlineMs: 60_000 })(undefined);
  expect(failures.join('\n'), `seed ${seed}`).toBe('');
}, 60_000);
