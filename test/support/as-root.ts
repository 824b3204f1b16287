import { describe } from 'vitest';

/**
 * A `describe` for tests that need root, because they change user or root directory. Without it they are
 * skipped under a title that says so; on a CI machine, where nobody would notice, they fail instead.
 *
 * @throws Error when this process is not root and `CI` is set.
 */
export function describeAsRoot(title: string, body: () => void): void {
  const { CI } = process.env;
  if (process.getuid?.() === 0) describe(title, body);
  else if (CI) throw new Error(`Cannot test "${title}": not root`);
  else describe.skip(`${title}: SKIPPED, not root`, body);
}
