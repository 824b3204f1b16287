/** Prints what `localhost` is, found out before and told after a change to the root directory that it is given. */
import { systemClock } from '../../../../src/base/clock.ts';
import { Libc } from '../../../../src/daemon/libc.ts';
import { detachResolution } from '../../../../src/net/resolver.ts';

const [jail = ''] = process.argv.slice(2);
const libc = await Libc.load();
const resolve = await detachResolution('localhost', 4, systemClock);
libc.chroot(jail);
process.stdout.write(JSON.stringify(await resolve('localhost', 4)));
