/** Starts itself in the background, where it does what its first argument names and writes to the file of the second. */
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { BackgroundParent, startInBackground } from '../../../../src/daemon/background.ts';
import { createLogTo } from '../../../../src/observe/logger.ts';

const [conduct = '', file = ''] = process.argv.slice(2);
const parent = BackgroundParent.find();

if (parent === undefined) process.exitCode = await startInBackground({ standardError: 'none' });
else behave(parent);

function behave(waiting: BackgroundParent): void {
  const log = createLogTo(waiting.log, 'debug');
  writeFileSync(file, JSON.stringify(facts()));
  switch (conduct) {
    case 'serve':
      log.info('nothing to worry about');
      log.warn({ directive: 'cache_size' }, 'something to know');
      waiting.letGo();
      log.error('later trouble');
      waitForEnd();
      return;
    case 'fail':
      for (let count = 0; count < 100; count += 1) log.error({ count }, 'could not start');
      process.exit(78);
      return;
    case 'crash':
      process.exit(3);
      return;
    case 'be killed':
      process.kill(process.pid, 'SIGKILL');
      return;
    case 'take long':
      waitForEnd();
      return;
    default:
      throw new Error(`Cannot ${conduct}`);
  }
}

function waitForEnd(): void {
  const keepAlive = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => clearInterval(keepAlive));
}

function facts(): object {
  const [, , group, session] = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return {
    pid: process.pid,
    group: Number(group),
    session: Number(session),
    standardFiles: [0, 1, 2].map((descriptor) => readlinkSync(`/proc/self/fd/${descriptor}`)),
    ownVariables: Object.keys(process.env).filter((name) => /^(IMAPPROXYD|NODE_CHANNEL)/.test(name)),
    arguments: process.argv.slice(2),
  };
}
