/** Goes through the life of a service; from `ready` on in a root directory that holds nothing. */
import { systemClock } from '../../../../src/base/clock.ts';
import { Libc } from '../../../../src/daemon/libc.ts';
import { ServiceManager } from '../../../../src/daemon/service-manager.ts';
import { createLogTo } from '../../../../src/observe/logger.ts';

const [jail = ''] = process.argv.slice(2);
const libc = await Libc.load();
const log = createLogTo(process.stderr, 'debug');
const manager = new ServiceManager(process.env, (address) => libc.connectDatagram(address), log);
libc.chroot(jail);
manager.ready('Listening on port 143');
manager.reloading();
const end = manager.startWatchdog(systemClock);
const keepAlive = setInterval(() => undefined, 60_000);
process.once('SIGTERM', () => {
  end();
  clearInterval(keepAlive);
  manager.stopping('Waiting for 2 sessions');
});
