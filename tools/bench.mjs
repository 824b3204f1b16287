/**
 * `npm run bench`: everything from a fresh checkout to the table of figures. Arguments go to the bench itself.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { BENCH_PACKAGES, SHARED_PACKAGES } from '../bench/system-packages.mjs';
import { ensureInstalled, projectEnvironment, projectNode, projectRoot, SetupError } from './setup.mjs';
import {
  canInstallSystemPackages,
  installSystemPackages,
  missingSystemPackages,
} from './system-packages.mjs';

process.exitCode = await prepareAndRun();

async function prepareAndRun() {
  try {
    ensureInstalled();
    ensurePrograms();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    return 1;
  }
  return runBench(process.argv.slice(2));
}

/**
 * Without Dovecot, or openssl for its certificate, there is nothing to measure; a contestant that is missing is left
 * out.
 *
 * @throws SetupError
 */
function ensurePrograms() {
  let missing = missingPrograms();
  if (missing.length > 0 && canInstallSystemPackages()) {
    installSystemPackages(missing);
    missing = missingPrograms();
  }
  if (missing.length === 0) return;
  const names = missing.map((entry) => `  ${entry.name}: ${entry.reason}`).join('\n');
  const contestants = new Set(['imapproxy', ...BENCH_PACKAGES.map((entry) => entry.name)]);
  if (missing.every((entry) => contestants.has(entry.name))) {
    console.error(`\nWARNING: left out, because these system packages are missing:\n${names}\n`);
  } else {
    throw new SetupError(`Cannot measure without these system packages:\n${names}`);
  }
}

function missingPrograms() {
  return [
    ...missingSystemPackages().filter((entry) => SHARED_PACKAGES.includes(entry.name)),
    ...BENCH_PACKAGES.filter((entry) => !entry.isPresent()),
  ];
}

/** Returns the exit code. The bench ends what it has started by itself, so this process waits for it whatever the signal. */
function runBench(args) {
  const script = join(projectRoot, 'bench', 'main.ts');
  const child = spawn(projectNode, [script, ...args], { stdio: 'inherit', env: projectEnvironment() });
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward).on('SIGHUP', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  });
}
