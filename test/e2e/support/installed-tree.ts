import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TempDirectory } from '../../support/temp-directory.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** A copy of the program as `npm install` would leave it, that every user of the machine may run. */
export class InstalledTree implements Disposable {
  readonly #directory = new TempDirectory('tree');

  /** Nothing but the launcher, as after a download that was never installed. */
  static bare(): InstalledTree {
    const tree = new InstalledTree();
    chmodSync(tree.path, 0o755);
    cpSync(join(ROOT, 'bin'), join(tree.path, 'bin'), { recursive: true });
    copyFileSync(join(ROOT, 'package.json'), join(tree.path, 'package.json'));
    return tree;
  }

  /** Complete: with what was built, its libraries, and in `bin` this process's Node.js as `node`. */
  static complete(): InstalledTree {
    const tree = InstalledTree.bare();
    for (const path of ['dist', ...productionPackages()]) {
      cpSync(join(ROOT, path), join(tree.path, path), { recursive: true });
    }
    copyFileSync(process.execPath, join(tree.binDirectory, 'node'));
    return tree;
  }

  get path(): string {
    return this.#directory.path;
  }

  get binDirectory(): string {
    return join(this.path, 'bin');
  }

  get launcher(): string {
    return join(this.binDirectory, 'imapproxyd');
  }

  /** What a build leaves, but a program that does nothing. */
  addEmptyProgram(): void {
    mkdirSync(join(this.path, 'dist', 'cli'), { recursive: true });
    writeFileSync(join(this.path, 'dist', 'cli', 'imapproxyd.js'), '');
  }

  /** Puts a `node` into a directory of its own, which says that it is `version`, and returns the directory. */
  addFakeNode(version: string): string {
    const directory = join(this.path, 'fake');
    mkdirSync(directory);
    writeFileSync(join(directory, 'node'), `#!/bin/sh\necho ${version}\n`, { mode: 0o755 });
    return directory;
  }

  [Symbol.dispose](): void {
    this.#directory.remove();
  }
}

/** The folders of all packages that are needed to run here, not only to develop or on another system. */
function productionPackages(): readonly string[] {
  const lock: { packages: Record<string, { dev?: boolean }> } = JSON.parse(
    readFileSync(join(ROOT, 'package-lock.json'), 'utf8'),
  );
  return Object.entries(lock.packages)
    .filter(([path, { dev }]) => path !== '' && dev !== true)
    .map(([path]) => path)
    .filter((path) => existsSync(join(ROOT, path)));
}
