/**
 * Running in the background. Node.js cannot fork, so the program starts itself anew, detached from the terminal, and
 * waits until that second process serves.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DestinationStream } from 'pino';
import { toTextLine } from '../observe/text-line.ts';
import { StartError } from './start-error.ts';

/** Set for the second process; the value is the process id of the first. */
const PARENT_VARIABLE = 'IMAPPROXYD_STARTED_BY';

const ASKS_TO_STOP = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

/** The least important line of the log that is worth showing where the daemon was started: a warning. */
const SHOWN_PRIORITY = 4;

type Message =
  | { readonly kind: 'started' }
  /** A line for whoever starts the daemon. */
  | { readonly kind: 'line'; readonly text: string };

export interface BackgroundOptions {
  /**
   * `none`: the second process has no standard error, so that a terminal or an ssh session may end.
   * `keep`: it has that of the first, for a log that has no other place to go.
   */
  readonly standardError: 'none' | 'keep';
}

/**
 * Starts this program again with the same arguments, in a session of its own, and waits. Prints the warnings and
 * errors of its start, each once. A signal that asks this process to stop is passed on.
 *
 * @returns 0 once the second process serves, else its exit code, or 1 if it has none that tells of a failure.
 * @throws StartError when the system refuses a second process.
 */
export async function startInBackground({ standardError }: BackgroundOptions): Promise<number> {
  const child = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    env: { ...process.env, [PARENT_VARIABLE]: String(process.pid) },
    stdio: ['ignore', 'ignore', standardError === 'keep' ? 'inherit' : 'ignore', 'ipc'],
  });
  const passOn = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  for (const signal of ASKS_TO_STOP) process.on(signal, passOn);
  try {
    return await startOf(child);
  } catch (error) {
    throw new StartError('Cannot start in the background', error);
  } finally {
    for (const signal of ASKS_TO_STOP) process.off(signal, passOn);
  }
}

/** In the second process: the first one, which waits. */
export class BackgroundParent {
  #isWaiting = true;

  /** @returns undefined in a process that nobody has started in the background. */
  static find(): BackgroundParent | undefined {
    const parent = process.env[PARENT_VARIABLE];
    // Programs that the daemon starts must not take themselves for it.
    delete process.env[PARENT_VARIABLE];
    return process.connected && parent === String(process.ppid) ? new BackgroundParent() : undefined;
  }

  /** Takes lines of the log; the first process shows warnings and errors as long as it waits. */
  get log(): DestinationStream {
    return {
      write: (line: string): void => {
        if (!this.#isWaiting) return;
        const { priority, text } = toTextLine(line);
        if (priority <= SHOWN_PRIORITY) send({ kind: 'line', text });
      },
    };
  }

  /** The daemon serves: the first process ends with exit code 0. */
  letGo(): void {
    this.#isWaiting = false;
    send({ kind: 'started' });
  }
}

async function startOf(child: ChildProcess): Promise<number> {
  const { promise: served, resolve } = Promise.withResolvers<'served'>();
  let isExplained = false;
  const show = (text: string): void => {
    isExplained = true;
    process.stderr.write(`imapproxyd: ${text}\n`);
  };
  child.on('message', (message: Message) =>
    message.kind === 'line' ? show(message.text) : resolve('served'),
  );
  // Its last words may arrive after its end.
  const ended = Promise.all([once(child, 'exit'), once(child, 'disconnect')]);
  const outcome = await Promise.race([served, ended]);
  if (outcome === 'served') {
    child.disconnect();
    child.unref();
    return 0;
  }
  const [[code, signal]] = outcome;
  if (!isExplained) show(`ended by ${signal ?? `exit code ${code}`} before it served`);
  return typeof code === 'number' && code > 0 ? code : 1;
}

function send(message: Message): void {
  // A parent that has been killed meanwhile is no reason not to serve.
  process.send?.(message, undefined, {}, () => undefined);
}
