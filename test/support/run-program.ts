import { spawn } from 'node:child_process';

export interface RunOptions {
  /** Given to the program as its standard input. */
  readonly input?: string | Buffer;
  /** After this the program is killed and the run fails. Default 30000. */
  readonly deadlineMs?: number;
}

export interface Finished {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

const DEFAULT_DEADLINE_MS = 30_000;

/**
 * Runs a program to its end, whatever its exit code.
 *
 * @throws Error when it cannot be started, or ends by a signal or the deadline.
 */
export async function tryProgram(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  const { input = '', deadlineMs = DEFAULT_DEADLINE_MS } = options;
  const child = spawn(command, args, {
    timeout: deadlineMs,
    killSignal: 'SIGKILL',
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (octets: Buffer) => stdout.push(octets));
  child.stderr.on('data', (octets: Buffer) => stderr.push(octets));
  // A program may end without having read its input; its exit code tells whether that was right.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      if (exitCode === null) reject(new Error(`Cannot finish ${command}: it ended by ${signal}`));
      else resolve({ exitCode, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) });
    });
  });
}

/** Like `tryProgram`. @throws Error with the program's own words when it does not end with exit code 0. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Buffer> {
  const { exitCode, stdout, stderr } = await tryProgram(command, args, options);
  if (exitCode === 0) return stdout;
  throw new Error(`Cannot run ${command}: exit code ${exitCode}\n${stdout}${stderr}`);
}
