import { expect, it } from 'vitest';
import { describeWith } from '../../support/system-packages.ts';
import { describeDifference, runDifferential } from './run-differential.ts';

/** What fits into the time of a test; `long-run.ts` plays more. */
const COMMANDS = 4_000;

const { DIFFERENTIAL_COMMANDS, DIFFERENTIAL_SEED } = process.env;
const commands = Number(DIFFERENTIAL_COMMANDS ?? COMMANDS);
const seed = Number(DIFFERENTIAL_SEED ?? Math.floor(Math.random() * 1_000_000));

describeWith(['dovecot-imapd'], 'Random sessions of one user', () => {
  it(
    `read through the proxy what the server says itself (seed ${seed}, ${commands} commands)`,
    async () => {
      const result = await runDifferential({ seed, commands, maxDifferences: 1 });

      expect(result.differences.map(describeDifference).join('\n')).toBe('');
      // A script ends with a whole session, so it has a few commands more or less than were asked for.
      expect(result.commands).toBeGreaterThan(commands * 0.9);
      expect(result.reused).toBeGreaterThan(commands / 100);
    },
    Math.max(180_000, commands * 10),
  );
});
