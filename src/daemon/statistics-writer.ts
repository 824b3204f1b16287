/** Keeps the stat file as the counters are, for `pimpstat`. */
import { StatFile } from '../admin/stat-file.ts';
import type { Counters } from '../observe/counters.ts';
import type { Log } from '../observe/logger.ts';
import type { Identity } from './privileges.ts';

/** How often the file is written, in ms; `pimpstat` looks as often. */
const WRITE_MS = 1_000;

/**
 * Writes the counters to `path` now and every second, and once more when the result is told to stop; the last
 * numbers stay behind. The file is given to `owner`, who the daemon is about to become. A file that cannot be used is said once in the log, and the daemon goes on without.
 */
export function keepStatistics(
  path: string,
  counters: Counters,
  log: Log,
  owner?: Identity,
): { stop(): void } {
  let hasFailed = false;
  const attempt = <T>(task: () => T): T | undefined => {
    try {
      return task();
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      if (!hasFailed) log.warn({ directive: 'stat_filename', error: cause }, 'statistics are not written');
      hasFailed = true;
      return undefined;
    }
  };
  const file = attempt(() => StatFile.open(path));
  if (file === undefined) return { stop() {} };
  if (owner !== undefined) attempt(() => file.chown(owner.uid, owner.gid));
  const write = (): void => attempt(() => file.write(counters.read()));
  write();
  const timer = setInterval(write, WRITE_MS);
  return {
    stop() {
      clearInterval(timer);
      write();
      file.close();
    },
  };
}
