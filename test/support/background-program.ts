import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { atExit } from './at-exit.ts';
import { waitUntil } from './wait-until.ts';

export interface BackgroundOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Called with each piece of standard error. */
  readonly onStderr?: (text: string) => void;
}

/** How a program ended: one of the two is set. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

const STOP_DEADLINE_MS = 10_000;

/**
 * A server program that runs beside a test, in a process group of its own, so that it can be ended with all its
 * children, and ends at the latest with this process.
 */
export class BackgroundProgram {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #cancelAtExit: () => void;
  #output = '';
  #exit: Exit | undefined;

  private constructor(child: ChildProcess, pid: number, onStderr: (text: string) => void) {
    this.#child = child;
    this.pid = pid;
    this.#cancelAtExit = atExit(() => this.#signalGroup('SIGKILL'));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#output += text;
      onStderr(text);
    });
    // Not 'exit': the output stays open until the last child has ended as well.
    child.once('close', (code, signal) => {
      this.#exit = { code, signal };
      this.#cancelAtExit();
    });
  }

  /** @throws Error when the program does not exist or must not be run. */
  static async start(
    command: string,
    args: readonly string[],
    options: BackgroundOptions = {},
  ): Promise<BackgroundProgram> {
    const { env = {}, onStderr = () => undefined } = options;
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
    });
    const { pid } = child;
    if (pid === undefined) {
      const [error] = await once(child, 'error');
      throw error;
    }
    return new BackgroundProgram(child, pid, onStderr);
  }

  /** Everything it has written so far, to standard output and standard error. */
  get output(): string {
    return this.#output;
  }

  /** How it ended; `undefined` while it runs. */
  get exit(): Exit | undefined {
    return this.#exit;
  }

  /** Sends `signal` to the program alone. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Waits for its end. @throws Error with its output when it still runs after `deadlineMs`. */
  async waitForExit(deadlineMs = STOP_DEADLINE_MS): Promise<Exit> {
    const what = `the end of process ${this.pid}`;
    try {
      return await waitUntil(() => this.#exit, { what, deadlineMs });
    } catch (error) {
      throw new Error(`${this.#child.spawnfile} does not end. It wrote:\n${this.#output}`, { cause: error });
    }
  }

  /** Asks it and its children to end, as a service manager does, and waits until all have. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Exit> {
    try {
      this.#signalGroup(signal);
      return await this.waitForExit();
    } finally {
      this.#signalGroup('SIGKILL');
    }
  }

  /** Ends it and all its children at once, as a crash of the machine would. */
  async kill(): Promise<Exit> {
    this.#signalGroup('SIGKILL');
    return this.waitForExit();
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (this.#exit !== undefined) return;
    try {
      process.kill(-this.pid, signal);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}
