import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The codes of all error classes, as written in the sources. */
function codesInSources(): string[] {
  return globSync('src/**/*.ts', { cwd: ROOT }).flatMap((file) =>
    [...readFileSync(`${ROOT}${file}`, 'utf8').matchAll(/readonly code = '(\w+)';/g)].map(
      ([, code]) => code ?? '',
    ),
  );
}

function codesInPage(): string[] {
  const page = readFileSync(`${ROOT}docs/errors.md`, 'utf8');
  return [...page.matchAll(/^\| ([A-Z_]+) \|/gm)].map(([, code]) => code ?? '');
}

describe('docs/errors.md', () => {
  it('lists the code of every error class, in alphabetical order', () => {
    expect(codesInPage()).toEqual(codesInSources().sort());
  });

  it('lists no code twice', () => {
    expect(new Set(codesInPage()).size).toBe(codesInPage().length);
  });
});
