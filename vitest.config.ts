import { defineConfig } from 'vitest/config';

/** One project per kind of test; `CONTRIBUTING.md` says what each of them proves. */
const project = (name: string, testTimeout: number, kind: 'fast' | 'with real servers') => ({
  test: {
    name,
    // The fast ones keep nothing outside of a test, and a process for each file would take longer than they do.
    isolate: kind !== 'fast',
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
    fileParallelism: kind === 'fast',
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 5_000, 'fast'),
      project('property', 30_000, 'fast'),
      project('scripted', 10_000, 'fast'),
      project('integration', 60_000, 'with real servers'),
      project('e2e', 120_000, 'with real servers'),
      project('parity', 120_000, 'with real servers'),
    ],
  },
});
