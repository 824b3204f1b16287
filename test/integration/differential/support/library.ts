import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { titleOf } from './script.ts';

export interface NamedScript {
  /** Folder and file, such as `fetch/macros`. */
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

const HERE = join(import.meta.dirname, '..');

/** Every script in `folder`, by name. */
export function readScripts(folder: 'scripts' | 'before'): NamedScript[] {
  const root = join(HERE, folder);
  return globSync('**/*.txt', { cwd: root })
    .sort()
    .map((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      return { name: file.replace(/\.txt$/, ''), title: titleOf(text), text };
    });
}

/** The session that follows each script, to notice what that has left behind. */
export function readAfterword(): string {
  return readFileSync(join(HERE, 'after.txt'), 'utf8');
}
