import { defineConfig } from 'vitest/config';

/** One project per kind of test; `CONTRIBUTING.md` says what each of them proves. */
const project = (name: string, testTimeout: number, fileParallelism = true) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: testTimeout,
    fileParallelism,
  },
});

export default defineConfig({
  test: {
    projects: [
      project('unit', 5_000),
      project('property', 30_000),
      project('scripted', 10_000),
      project('integration', 60_000, false),
      project('e2e', 120_000, false),
      project('parity', 120_000, false),
    ],
  },
});
