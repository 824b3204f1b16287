import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseTranscript, type Transcript } from './transcript.ts';

const FOLDER = join(import.meta.dirname, '..', 'transcripts');
const MIGRATING = join(import.meta.dirname, '..', '..', '..', 'docs', 'migrating.md');

/** The section of the page whose tables name, in their last column, the transcripts that show a difference. */
const SECTION = /^## What a client can tell apart$(.*?)(?=^## )/ms;

/** All transcripts, by name. */
export function readTranscripts(): Transcript[] {
  return globSync('*/*.txt', { cwd: FOLDER })
    .sort()
    .map((file) => parseTranscript(file.replace(/\.txt$/, ''), readFileSync(join(FOLDER, file), 'utf8')));
}

export function fileOf({ name }: Transcript): string {
  return join(FOLDER, `${name}.txt`);
}

/** The names of the transcripts that `docs/migrating.md` explains as different. @throws Error without such a section */
export function listedDifferences(): ReadonlySet<string> {
  const section = SECTION.exec(readFileSync(MIGRATING, 'utf8'))?.[1];
  if (section === undefined) throw new Error(`Cannot find the section about differences in ${MIGRATING}`);
  const names = [...section.matchAll(/^\|.*\|([^|]*)\|$/gm)].flatMap(([, cell = '']) => codesIn(cell));
  return new Set(names);
}

/** The names of the directives that the page compares. */
export function comparedDirectives(): string[] {
  const [, section = ''] = /^## Directives$(.*?)(?=^## )/ms.exec(readFileSync(MIGRATING, 'utf8')) ?? [];
  return [...section.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, cell = '']) => codesIn(cell));
}

function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
}
