/**
 * What `npm test` and `npm run demo` do before they start: dependencies, then the build.
 * Plain JavaScript without dependencies, because it runs before anything is installed, on whatever Node the machine has.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout. */
export const projectRoot = fileURLToPath(new URL('..', import.meta.url));

/** The Node that the project pins, whatever Node runs this file. It exists once `ensureInstalled` has returned. */
export const projectNode = join(projectRoot, 'node_modules', 'node', 'bin', 'node');

/** A set-up step failed for a reason that the person at the keyboard can act on; the message is all they need. */
export class SetupError extends Error {
  name = 'SetupError';
}

/** The environment for programs of this project: its own Node and tools come first on `PATH`. */
export function projectEnvironment() {
  const tools = join(projectRoot, 'node_modules', '.bin');
  return { ...process.env, PATH: `${tools}${delimiter}${process.env.PATH ?? ''}` };
}

/**
 * Leaves a tree that can run: `node_modules` as the lock file says, and `dist` built from the sources.
 * Returns quickly when there is nothing to install.
 *
 * @throws SetupError when npm or the compiler fails.
 */
export function ensureInstalled() {
  if (isInstalled()) {
    run('npm', ['run', '--silent', 'build'], 'Cannot build');
    return;
  }
  // NODE_ENV=production would leave out what the build needs; that the machine's own Node is too old is known.
  run('npm', ['ci', '--include=dev', '--loglevel=error'], 'Cannot install the dependencies');
  if (!existsSync(projectNode)) {
    throw new SetupError(
      `Cannot find ${projectNode}: npm must be allowed to run the install script of "node"`,
    );
  }
}

/** npm writes its hidden lock file last, so an interrupted installation has none. */
function isInstalled() {
  const marker = statSync(join(projectRoot, 'node_modules', '.package-lock.json'), { throwIfNoEntry: false });
  const lock = statSync(join(projectRoot, 'package-lock.json'));
  return marker !== undefined && marker.mtimeMs >= lock.mtimeMs && existsSync(projectNode);
}

function run(command, args, failure) {
  const result = spawnSync(command, args, { cwd: projectRoot, stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status === 0) return;
  const reason = result.error?.message ?? result.signal ?? `exit code ${result.status}`;
  throw new SetupError(`${failure}: "${command} ${args.join(' ')}" ended with ${reason}`);
}
