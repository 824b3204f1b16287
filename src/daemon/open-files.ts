/** Whether the process may open as many files as `cache_size` asks for; classic `setrlimit` at the start. */
import { readFileSync } from 'node:fs';
import type { Log } from '../observe/logger.ts';
import { reasonOf } from './start-error.ts';

/** What is open beside connections: listener, logs, files of Node.js itself (30 were counted at rest). */
const OWN_FILES = 64;

/** Raises the limit for this process, soft and hard; `Libc.setMaxOpenFiles`. */
export type SetMaxOpenFiles = (files: number) => void;

/** How many files are open when all server connections are in use: each of them has a client. */
export function neededFiles(cacheSize: number): number {
  return 2 * cacheSize + OWN_FILES;
}

/**
 * Raises the limit of open files to what `cacheSize` needs, where it is lower and the process has the right to;
 * else warns. Node.js itself has raised the soft limit to the hard one at its start.
 *
 * @param limits as in proc(5), /proc/PID/limits; undefined where there is none, then nothing is done.
 */
export function provideOpenFiles(
  cacheSize: number,
  setMaxOpenFiles: SetMaxOpenFiles | undefined,
  log: Log,
  limits: string | undefined = readLimits(),
): void {
  const needed = neededFiles(cacheSize);
  const allowed = Number(/^Max open files +(\d+)/m.exec(limits ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
  if (allowed >= needed) return;
  try {
    if (setMaxOpenFiles === undefined)
      throw new Error('koffi, which could raise the limit, cannot be loaded');
    setMaxOpenFiles(needed);
  } catch (error) {
    const facts = { directive: 'cache_size', needed, allowed, error: reasonOf(error) };
    log.warn(facts, 'too few open files allowed for all connections');
  }
}

function readLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
}
