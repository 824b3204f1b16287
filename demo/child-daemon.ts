import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const LAST_LINES = 12;
const STOP_DEADLINE_MS = 5_000;

/** A server program that runs beside the demo and ends with it. */
export class ChildDaemon {
  /** Rejects, with the program's last words, when it ends without having been told to; else stays open. */
  readonly died: Promise<never>;
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #lastLines: string[] = [];
  #isStopping = false;

  /** Starts `command`; `onLine` hears every line it writes to stderr. */
  constructor(name: string, command: string, args: readonly string[], onLine: (line: string) => void) {
    this.#name = name;
    this.#child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      // A process group of its own: Ctrl-C reaches the demo alone, which then stops things in order.
      detached: true,
    });
    this.died = this.#watch();
    // Whoever waits for it gets the error; while nobody does, it must not end the demo by itself.
    this.died.catch(() => undefined);
    process.once('exit', this.#kill);
    if (this.#child.stderr === null) throw new Error(`Cannot read what ${name} writes`);
    createInterface({ input: this.#child.stderr }).on('line', (line) => {
      this.#lastLines.push(line);
      if (this.#lastLines.length > LAST_LINES) this.#lastLines.shift();
      onLine(line);
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Waits for `ready`, a value that the program announces somehow.
   *
   * @throws Error with the program's last words when it ends before, or takes longer than `deadlineMs`.
   */
  async waitFor<T>(ready: Promise<T>, deadlineMs: number): Promise<T> {
    const tooLate = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      tooLate.reject(
        this.explain(new Error(`Cannot use ${this.#name}: not ready after ${deadlineMs / 1000} s`)),
      );
    }, deadlineMs);
    try {
      return await Promise.race([ready, this.died, tooLate.promise]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** `error` with the program's last words added, which often tell the reason. */
  explain(error: unknown): Error {
    const message = error instanceof Error ? error.message : String(error);
    const words = this.#lastLines.map((line) => `\n  ${line}`).join('') || ' nothing';
    return new Error(`${message}\nLast lines that ${this.#name} wrote:${words}`, { cause: error });
  }

  /** Asks the program to end (SIGTERM) and waits until it has; one that does not is killed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    process.off('exit', this.#kill);
    if (this.#child.pid === undefined || this.#child.exitCode !== null || this.#child.signalCode !== null)
      return;
    const timer = setTimeout(this.#kill, STOP_DEADLINE_MS);
    this.#child.kill('SIGTERM');
    await once(this.#child, 'close');
    clearTimeout(timer);
  }

  readonly #kill = (): void => {
    this.#child.kill('SIGKILL');
  };

  #watch(): Promise<never> {
    return new Promise((_, reject) => {
      this.#child.once('error', (cause) =>
        reject(new Error(`Cannot start ${this.#name}: ${cause.message}`, { cause })),
      );
      this.#child.once('close', (code, signal) => {
        if (this.#isStopping) return;
        const how = signal === null ? `exit code ${code}` : signal;
        reject(this.explain(new Error(`Cannot go on: ${this.#name} ended with ${how}`)));
      });
    });
  }
}
