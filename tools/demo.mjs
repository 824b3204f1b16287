/**
 * `npm run demo`: everything from a fresh checkout to a running demo. Arguments go to the demo itself.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import process from 'node:process';
import { ensureInstalled, projectEnvironment, projectNode, projectRoot, SetupError } from './setup.mjs';

process.exitCode = await prepareAndRun();

async function prepareAndRun() {
  try {
    ensureInstalled();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(error.message);
    return 1;
  }
  return runDemo(process.argv.slice(2));
}

/** Returns the exit code. The demo stops in good order by itself, so this process waits for it whatever the signal. */
function runDemo(args) {
  const script = join(projectRoot, 'demo', 'main.ts');
  const child = spawn(projectNode, [script, ...args], { stdio: 'inherit', env: projectEnvironment() });
  const forward = (signal) => child.kill(signal);
  process.on('SIGINT', forward).on('SIGTERM', forward).on('SIGHUP', forward);
  return new Promise((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? 1));
  });
}
