/** Holds the pid file at its first argument until SIGTERM; `drop`: gives up root meanwhile. */
import { Libc } from '../../../../src/daemon/libc.ts';
import { PidFile } from '../../../../src/daemon/pid-file.ts';
import { StartError } from '../../../../src/daemon/start-error.ts';

const [path = '', drop] = process.argv.slice(2);
const libc = await Libc.load();
const take = (): PidFile | undefined => {
  try {
    return PidFile.take(path, (descriptor) => libc.tryLock(descriptor));
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stdout.write(`${error.message}\n`);
    return undefined;
  }
};

const file = take();
if (file !== undefined) {
  const keepAlive = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => {
    clearInterval(keepAlive);
    void file.release();
  });
  if (drop === 'drop') {
    file.keepRemovable();
    process.setuid?.('nobody');
  }
  process.stdout.write('taken\n');
}
