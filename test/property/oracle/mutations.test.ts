import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { MUTATIONS, mutate } from '../../oracle/mutations.ts';

it.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))(
  'The sources still hold the rule that "%s" switches off',
  (_name, mutation) => {
    for (const { file } of mutation.edits) {
      const source = readFileSync(new URL(`../../../src/${file}`, import.meta.url), 'utf8');
      expect(mutate(mutation, file, source)).not.toBe(source);
    }
  },
);

it('Every mutation has a name of its own', () => {
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
});
