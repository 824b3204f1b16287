/**
 * `npm test`: everything from a fresh checkout to one last line `tests: N passed, N failed`.
 * Further arguments go to Vitest, so `npm test -- --project unit` works.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { ensureInstalled, projectEnvironment, projectNode, projectRoot, SetupError } from './setup.mjs';
import {
  canInstallSystemPackages,
  installSystemPackages,
  missingSystemPackages,
} from './system-packages.mjs';

const NOTHING_RAN = { passed: 0, failed: 1, skipped: 0 };

process.exitCode = report(await prepareAndRun());

/** A failed set-up counts as one failure, so that the last line and the exit code always agree. */
async function prepareAndRun() {
  try {
    ensureInstalled();
    ensureSystemPackages();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    return NOTHING_RAN;
  }
  return runVitest(process.argv.slice(2));
}

/** Without its packages a suite skips itself, loudly; on a CI machine nobody would hear that, so it fails there. */
function ensureSystemPackages() {
  let missing = missingSystemPackages();
  if (missing.length > 0 && canInstallSystemPackages()) {
    try {
      installSystemPackages(missing);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      console.error(error.message);
    }
    missing = missingSystemPackages();
  }
  if (missing.length === 0) return;
  const names = missing.map((entry) => `  ${entry.name}: ${entry.reason}`).join('\n');
  if (process.env.CI) throw new SetupError(`Cannot test without these system packages:\n${names}`);
  console.error(`\nWARNING: suites will be SKIPPED, because these system packages are missing:\n${names}\n`);
}

async function runVitest(args) {
  const directory = mkdtempSync(join(tmpdir(), 'imapproxyd-tests-'));
  const results = join(directory, 'results.json');
  try {
    const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`];
    const isGreen = await succeeds(projectNode, [vitest, 'run', ...reporters, ...args]);
    const counts = count(readResults(results));
    // Vitest is also red for what is no test: an unhandled error, a crash, an empty selection.
    return isGreen || counts.failed > 0 ? counts : { ...counts, failed: 1 };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function succeeds(command, args) {
  const child = spawn(command, args, { cwd: projectRoot, stdio: 'inherit', env: projectEnvironment() });
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code === 0));
  });
}

/** A crashed Vitest leaves no file behind. */
function readResults(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults;
  } catch (error) {
    console.error(`Cannot read the test results: ${error.message}`);
    return [];
  }
}

/** A file that fails without a failed test (it does not load, or a hook throws) is one failure. */
function count(files) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const file of files) {
    const failed = file.assertionResults.filter((test) => test.status === 'failed').length;
    const passed = file.assertionResults.filter((test) => test.status === 'passed').length;
    counts.passed += passed;
    counts.failed += failed === 0 && file.status === 'failed' ? 1 : failed;
    counts.skipped += file.assertionResults.length - passed - failed;
  }
  return counts;
}

/** Prints the last line and returns the exit code. */
function report({ passed, failed, skipped }) {
  const note = skipped > 0 ? `, ${skipped} skipped` : '';
  console.log(`tests: ${passed} passed, ${failed} failed${note}`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
