import type { DirectivesFor } from './directive.ts';
import { seconds, text, yesNo } from './kinds.ts';

/** How the process runs and ends. */
export interface ProcessConfig {
  readonly foregroundMode: boolean;
  readonly procUsername: string;
  readonly procGroupname: string;
  readonly runAsRoot: boolean;
  readonly chrootDirectory: string | undefined;
  readonly drainTimeoutMs: number;
  readonly statFilename: string;
}

/** @see ProcessConfig */
export const PROCESS_DIRECTIVES: DirectivesFor<ProcessConfig> = {
  foregroundMode: {
    name: 'foreground_mode',
    kind: yesNo,
    fallback: false,
    doc:
      'Whether the process stays in the foreground and logs to standard error. ' +
      'Otherwise it detaches from the terminal once it serves, writes a pid file and logs to syslog.',
    since: 'classic',
  },
  procUsername: {
    name: 'proc_username',
    kind: text('a user name'),
    fallback: 'nobody',
    doc:
      'The user that the process becomes once its ports are open. ' +
      'Without effect when it is not started by root.',
    since: 'classic',
  },
  procGroupname: {
    name: 'proc_groupname',
    kind: text('a group name'),
    fallback: 'nogroup',
    doc:
      'The group that the process becomes once its ports are open; it leaves all others. ' +
      'Without effect when it is not started by root.',
    since: 'classic',
  },
  runAsRoot: {
    name: 'run_as_root',
    kind: yesNo,
    fallback: false,
    doc: 'Whether proc_username may be root. Otherwise the process refuses to serve as root.',
    since: '2.0',
  },
  chrootDirectory: {
    name: 'chroot_directory',
    kind: text('a path to a directory'),
    fallback: undefined,
    example: '/var/lib/imapproxy/chroot',
    doc:
      'The directory that becomes the root of the process once its files are open; it may be empty. ' +
      'When it is not set, or the process is not started by root, the root stays as it is.',
    since: 'classic',
  },
  drainTimeoutMs: {
    name: 'drain_timeout',
    kind: seconds(0),
    unit: 'seconds',
    fallback: 10_000,
    doc:
      'After SIGTERM, how long running sessions may go on. ' +
      'Those left are then ended; with 0 they end at once.',
    since: '2.0',
  },
  statFilename: {
    name: 'stat_filename',
    kind: text('a path to a file'),
    fallback: '/var/run/pimpstats',
    doc: 'The file in which counters are kept for pimpstat.',
    since: 'classic',
  },
};
