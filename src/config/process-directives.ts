import type { DirectivesFor } from './directive.ts';
import { seconds, text, yesNo } from './kinds.ts';

/** How the process runs and ends. */
export interface ProcessConfig {
  readonly foregroundMode: boolean;
  readonly procUsername: string;
  readonly procGroupname: string;
  readonly chrootDirectory: string | undefined;
  readonly drainTimeoutMs: number;
  readonly statFilename: string;
}

const RIGHTS_UNCHANGED = 'the process keeps the user and group that started it';

/** @see ProcessConfig */
export const PROCESS_DIRECTIVES: DirectivesFor<ProcessConfig> = {
  foregroundMode: {
    name: 'foreground_mode',
    kind: yesNo,
    fallback: false,
    doc:
      'Whether the process stays in the foreground. ' +
      'Otherwise it detaches from the terminal and writes a pid file.',
    since: 'classic',
    inForce: { severity: 'warning', instead: 'the process always stays in the foreground', harmless: true },
  },
  procUsername: {
    name: 'proc_username',
    kind: text('a user name'),
    fallback: 'nobody',
    doc: 'The user that the process becomes once its ports are open.',
    since: 'classic',
    inForce: { severity: 'warning', instead: RIGHTS_UNCHANGED },
  },
  procGroupname: {
    name: 'proc_groupname',
    kind: text('a group name'),
    fallback: 'nogroup',
    doc: 'The group that the process becomes once its ports are open.',
    since: 'classic',
    inForce: { severity: 'warning', instead: RIGHTS_UNCHANGED },
  },
  chrootDirectory: {
    name: 'chroot_directory',
    kind: text('a path to a directory'),
    fallback: undefined,
    example: '/var/lib/imapproxy/chroot',
    doc: 'The directory that becomes the root of the process. When it is not set, the root stays as it is.',
    since: 'classic',
    inForce: { severity: 'warning', instead: 'the root directory stays as it is' },
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
    inForce: true,
  },
  statFilename: {
    name: 'stat_filename',
    kind: text('a path to a file'),
    fallback: '/var/run/pimpstats',
    doc: 'The file in which counters are kept for pimpstat.',
    since: 'classic',
    inForce: { severity: 'warning', instead: 'no counters are written' },
  },
};
