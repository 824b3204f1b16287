import fc from 'fast-check';
import { describe, it } from 'vitest';
import { history, limits } from './pool-actions.ts';
import { PoolRun } from './pool-run.ts';

describe('Pool', () => {
  it('agrees with its model after every step of random histories, and leaves nothing behind', async () => {
    await fc.assert(
      fc.asyncProperty(limits, history, async (startLimits, actions) => {
        const run = new PoolRun(startLimits);
        for (const action of actions) await run.step(action);
        await run.end();
      }),
      { numRuns: 2_000 },
    );
  });
});
