import { constants } from 'node:os';

const tasks = new Set<() => void>();

/**
 * Runs `task` (which must be synchronous) should this process end before the returned function was called:
 * the net under tests that fail before they can stop what they started.
 */
export function atExit(task: () => void): () => void {
  if (tasks.size === 0) watchProcess();
  tasks.add(task);
  return () => {
    tasks.delete(task);
    if (tasks.size === 0) unwatchProcess();
  };
}

function watchProcess(): void {
  process.on('exit', runTasks);
  // The default action of a signal would end the process without an 'exit' event.
  process.on('SIGTERM', endBySignal).on('SIGINT', endBySignal).on('SIGHUP', endBySignal);
}

function unwatchProcess(): void {
  process.off('exit', runTasks);
  process.off('SIGTERM', endBySignal).off('SIGINT', endBySignal).off('SIGHUP', endBySignal);
}

function runTasks(): void {
  // Last started, first ended: a process goes before the directory it writes to.
  for (const task of [...tasks].reverse()) task();
}

function endBySignal(signal: NodeJS.Signals): void {
  process.exit(128 + constants.signals[signal]);
}
