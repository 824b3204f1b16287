import { EXIT_CODES } from '../../src/cli/exit-codes.ts';
import { entry, sectionOf } from './blocks.ts';
import { bold } from './roff.ts';

/** A way to end, by its name in the table of exit codes. */
export type ExitName = keyof typeof EXIT_CODES;

/** The section EXIT STATUS: each number that has a meaning for the program, in rising order. */
export function exitStatus(meanings: Readonly<Partial<Record<ExitName, string>>>): string {
  const codes = Object.entries(EXIT_CODES).map(([name, code]) => ({
    code,
    meaning: meanings[name as ExitName],
  }));
  const entries = codes
    .toSorted((a, b) => a.code - b.code)
    .flatMap(({ code, meaning }) => (meaning === undefined ? [] : [entry(bold(String(code)), meaning)]));
  return sectionOf('EXIT STATUS', ...entries);
}
