import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Finished, tryProgram } from '../../support/run-program.ts';
import { InstalledTree } from '../support/installed-tree.ts';

/** Has the few programs that a launcher may use, and no Node.js. */
const PATH_WITHOUT_NODE = '/usr/sbin:/sbin:/bin';

function bareTree(): InstalledTree {
  const tree = InstalledTree.bare();
  onTestFinished(() => tree[Symbol.dispose]());
  return tree;
}

async function printVersion(launcher: string, nodeDirectory: string): Promise<Finished> {
  return tryProgram('env', [`PATH=${nodeDirectory}:${PATH_WITHOUT_NODE}`, launcher, '--version']);
}

it.each(['v20.19.0', 'v22.11.0', 'v18.0.0'])(
  'Launcher says in one line that Node.js %s is too old',
  async (version) => {
    const tree = bareTree();
    tree.addEmptyProgram();
    const fake = tree.addFakeNode(version);

    const { exitCode, stdout, stderr } = await printVersion(tree.launcher, fake);

    expect(exitCode).toBe(1);
    expect(stdout.toString()).toBe('');
    expect(stderr.toString()).toBe(
      `imapproxyd: Node.js 22.12 or newer is needed, and ${fake}/node is ${version}\n`,
    );
  },
);

it('Launcher says in one line that the program was never built', async () => {
  const tree = bareTree();
  const fake = tree.addFakeNode('v22.12.0');

  const { exitCode, stderr } = await printVersion(tree.launcher, fake);

  expect(exitCode).toBe(1);
  expect(stderr.toString()).toBe(`imapproxyd: not built yet; run 'npm ci' in ${tree.path}\n`);
});

it('Launcher runs the program of an install, by a link too', async () => {
  using tree = InstalledTree.complete();
  const link = join(tree.path, 'link');
  symlinkSync(tree.launcher, link);

  const { exitCode, stdout } = await printVersion(link, tree.binDirectory);

  expect(exitCode).toBe(0);
  expect(stdout.toString()).toMatch(/^imapproxyd \d+\.\d+\.\d+\S*\n$/);
});
