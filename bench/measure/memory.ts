import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const LOOK_MS = 250;
/** So many looks in a row within this share of each other count as settled. */
const STILL_LOOKS = 4;
const STILL_SHARE = 0.005;

/** The proportional set size of processes in KiB: what is shared with other processes counts in part (proc(5), smaps_rollup). */
export function memoryKib(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + proportionalKib(pid), 0);
}

/**
 * The memory of processes once it stands still. Runtimes give memory back late; what is measured is what a user's
 * machine shows a few seconds after the load has ended, without any word to the process.
 *
 * @returns KiB; the last look when `deadlineMs` passes first.
 */
export async function settledMemoryKib(pids: () => readonly number[], deadlineMs: number): Promise<number> {
  const startedAt = performance.now();
  const looks: number[] = [];
  for (;;) {
    const now = memoryKib(pids());
    looks.push(now);
    const last = looks.slice(-STILL_LOOKS);
    const isStill = Math.max(...last) - Math.min(...last) <= now * STILL_SHARE;
    if ((last.length === STILL_LOOKS && isStill) || performance.now() - startedAt > deadlineMs) return now;
    await delay(LOOK_MS);
  }
}

function proportionalKib(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = /^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1];
  if (kib === undefined) throw new Error(`Cannot read the memory of process ${pid}`);
  return Number(kib);
}
