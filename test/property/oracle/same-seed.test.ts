import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runProgram } from '../../support/run-program.ts';

const PROGRAM = fileURLToPath(new URL('../../oracle/run.ts', import.meta.url));

async function digestOf(seed: number): Promise<string | undefined> {
  const words = await runProgram(process.execPath, [PROGRAM, '--steps', '5000', '--seed', `${seed}`]);
  return /digest (\w+)\n$/.exec(words.toString())?.[1];
}

it('Oracle makes the same choices again for the same seed, and others for another', async () => {
  const [first, again, other] = await Promise.all([digestOf(5), digestOf(5), digestOf(6)]);
  expect(first).toBeDefined();
  expect(again).toBe(first);
  expect(other).not.toBe(first);
}, 30_000);
