import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a proxy has open beside its connections, generously. */
const OTHER_FILES = 100;

/**
 * Raises the limit of open files of this process and of all it starts later, where it may.
 *
 * @returns How many sessions a proxy can hold that is started now: each takes two files.
 */
export function provideOpenFiles(sessions: number): number {
  const wanted = 2 * sessions + OTHER_FILES;
  if (allowedFiles() < wanted) {
    spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${wanted}:${wanted}`], { stdio: 'ignore' });
  }
  return Math.min(sessions, Math.floor((allowedFiles() - OTHER_FILES) / 2));
}

/** The hard limit (proc(5)); Node.js raises its own soft limit to it, and what it starts inherits that. */
function allowedFiles(): number {
  const hardLimit = /^Max open files +\d+ +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return hardLimit === undefined ? Number.POSITIVE_INFINITY : Number(hardLimit);
}
