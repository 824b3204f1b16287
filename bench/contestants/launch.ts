import { BackgroundProgram } from '../../test/support/background-program.ts';
import { freePort } from '../../test/support/free-port.ts';
import { TempDirectory } from '../../test/support/temp-directory.ts';
import { waitUntil } from '../../test/support/wait-until.ts';
import type { Address } from '../load/address.ts';
import { ImapConnection } from '../load/imap-connection.ts';

const START_DEADLINE_MS = 15_000;
/** Another process may take a free port before the program does. */
const PORT_ATTEMPTS = 3;

/** How to run a program once it is known where it shall listen and where its files go. */
export interface Plan {
  readonly command: string;
  readonly args: readonly string[];
}

export interface Launched {
  readonly pid: number;
  readonly port: number;
  /** From the start of the process until its greeting was read. */
  readonly startMs: number;
}

/**
 * Starts a program that listens on a loopback port and waits for its greeting.
 *
 * @param prepare Writes its files and says how to run it.
 * @throws Error with what the program wrote when it does not greet.
 */
export async function launch(
  name: string,
  prepare: (port: number, directory: string) => Plan,
  started: AsyncDisposableStack,
  caFile?: string,
): Promise<Launched> {
  for (let attempt = 1; ; attempt += 1) {
    const directory = started.use(new TempDirectory(`bench-${name}`));
    const port = await freePort();
    const { command, args } = prepare(port, directory.path);
    const startedAt = performance.now();
    const program = await BackgroundProgram.start(command, args);
    started.defer(async () => {
      if (program.exit === undefined) await program.kill();
    });
    const address = caFile === undefined ? { port } : { port, caFile };
    await waitUntil(() => program.exit !== undefined || greets(address), {
      what: `a greeting of ${name}`,
      deadlineMs: START_DEADLINE_MS,
    });
    if (program.exit === undefined) {
      return { pid: program.pid, port, startMs: performance.now() - startedAt };
    }
    if (attempt === PORT_ATTEMPTS)
      throw new Error(`Cannot start ${name}: ${program.output || 'it wrote nothing'}`);
  }
}

async function greets(address: Address): Promise<boolean> {
  try {
    const connection = await ImapConnection.open(address);
    connection.destroy();
    return true;
  } catch {
    return false;
  }
}
