import { describe } from 'vitest';
import { SYSTEM_PACKAGES, type SystemPackage } from '../../tools/system-packages.mjs';

/**
 * A `describe` for tests that need Debian packages. Without them it skips under a title that names the missing
 * ones; on a CI machine, where nobody would notice, it fails instead.
 *
 * @param needs Names out of `SYSTEM_PACKAGES`.
 * @throws Error for an unknown name, and for a missing package when `CI` is set.
 */
export function describeWith(needs: readonly string[], title: string, body: () => void): void {
  const missing = needs.map(findPackage).filter((entry) => !entry.isPresent());
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const names = missing.map((entry) => `${entry.name} (${entry.reason})`).join(', ');
  const { CI } = process.env;
  if (CI) throw new Error(`Cannot test "${title}": missing system package ${names}`);
  describe.skip(`${title}: SKIPPED, missing system package ${names}`, body);
}

function findPackage(name: string): SystemPackage {
  const entry = SYSTEM_PACKAGES.find((candidate) => candidate.name === name);
  if (entry === undefined) throw new Error(`Cannot find ${name} in tools/system-packages.mjs`);
  return entry;
}
