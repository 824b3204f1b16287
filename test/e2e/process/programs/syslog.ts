/** Logs to the /dev/log of the directory that it is given, from inside another root directory where there is none. */
import { Libc } from '../../../../src/daemon/libc.ts';
import { createLogTo } from '../../../../src/observe/logger.ts';
import { syslogStream } from '../../../../src/observe/syslog.ts';

const [root = '', jail = ''] = process.argv.slice(2);
const libc = await Libc.load();
libc.chroot(root);
const log = createLogTo(syslogStream(libc, { facility: 'LOG_MAIL', leastPriority: 'LOG_INFO' }), 'debug');
libc.chroot(jail);
log.info({ user: 'joe\r\nroot', percent: '100%s%n' }, 'login');
log.debug('not important enough');
log.error('last words');
