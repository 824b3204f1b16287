/** How long processes have been running on a processor. */
import { readFileSync } from 'node:fs';

const CLOCK_TICKS_PER_SECOND = 100;
/** The two times of proc(5), /proc/PID/stat, counted behind the name of the program. */
const USER_TIME_FIELD = 11;
const SYSTEM_TIME_FIELD = 12;
/** Clock of a process for all of its threads (Linux, include/linux/posix-timers_types.h). */
const CPUCLOCK_SCHED = 2;

/** Reads one process's time in ms, in user mode and in the kernel, its threads included whether they have ended or not. */
export interface ProcessorClock {
  /** Told in the report, because it says how fine the figures are. */
  readonly description: string;
  read(pid: number): number;
}

/** The clock of the kernel's scheduler (ns) where koffi can be loaded; else the ticks of /proc/PID/stat (10 ms). */
export async function processorClock(): Promise<ProcessorClock> {
  try {
    return await schedulerClock();
  } catch {
    return { description: 'utime + stime of /proc/PID/stat, in steps of 10 ms', read: readTicks };
  }
}

/** `children` of nginx and the like are counted by naming their process ids too. */
export function processorTime(clock: ProcessorClock, pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + clock.read(pid), 0);
}

/** A process with its children and theirs, as they are now. */
export function processTree(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return [pid, ...children.flatMap((child) => processTree(Number(child)))];
}

async function schedulerClock(): Promise<ProcessorClock> {
  const { default: koffi } = await import('koffi');
  const library = koffi.load(null, { lazy: true });
  const getTime = library.func('int clock_gettime(int clock, _Out_ int64_t *time)');
  const read = (pid: number): number => {
    const time = new BigInt64Array(2);
    if (getTime((~pid << 3) | CPUCLOCK_SCHED, time) !== 0) throw new Error(`Cannot read the clock of ${pid}`);
    return Number(time[0]) * 1e3 + Number(time[1]) / 1e6;
  };
  read(process.pid);
  return { description: 'processor-time clock of the process, clock_gettime(2), in ns', read };
}

function readTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[USER_TIME_FIELD]) + Number(fields[SYSTEM_TIME_FIELD]);
  return (ticks / CLOCK_TICKS_PER_SECOND) * 1e3;
}
