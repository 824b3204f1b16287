import { isDeepStrictEqual } from 'node:util';
import { CONFIG_KEYS, type Config, DIRECTIVES } from '../config/directives.ts';

/** What is opened or given up at the start, and cannot be changed in a process that has dropped its privileges. */
const NEEDS_RESTART: ReadonlySet<keyof Config> = new Set<keyof Config>([
  'listenAddress',
  'listenPort',
  'listenTlsPort',
  'listenUnix',
  'listenUnixMode',
  'proxyProtocol',
  'foregroundMode',
  'procUsername',
  'procGroupname',
  'runAsRoot',
  'chrootDirectory',
  'statFilename',
  'protocolLogFilename',
  'syslogFacility',
  'syslogPrioritymask',
  'logFormat',
]);

/** The names of the directives whose new value is only in force after a restart. */
export function directivesForRestart(before: Config, after: Config): readonly string[] {
  return CONFIG_KEYS.filter(
    (key) => NEEDS_RESTART.has(key) && !isDeepStrictEqual(before[key], after[key]),
  ).map((key) => DIRECTIVES[key].name);
}
