import { readFileSync } from 'node:fs';

/** Whether the process runs. One that has ended does not, even before its parent has taken notice. */
export function isRunning(pid: number): boolean {
  try {
    const [state] = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '');
    return state !== 'Z';
  } catch {
    return false;
  }
}
