/** Time as a parameter, so that tests turn the hands and nothing sleeps. */
export interface Clock {
  /** Milliseconds from an arbitrary start; never goes backwards. */
  now(): number;
  /** Runs `task` once after `delayMs`; call the result to cancel. A pending task keeps no process alive. */
  after(delayMs: number, task: () => void): () => void;
}

/** The clock of the machine: `performance.now` and unreferenced timers. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, task) {
    const timer = setTimeout(task, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
