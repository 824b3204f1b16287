import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Waits for the end of its input, and removes the file if it still holds that number. */
const SCRIPT = `trap '' HUP INT TERM; read -r _; read -r pid < "$1" && [ "$pid" = "$2" ] && rm -f -- "$1"`;

/**
 * A shell that keeps the right to remove the daemon's pid file when the daemon itself gives up root. It reads nothing
 * but the end of a pipe, which comes when it is told to, or when the daemon ends in any way, a crash included.
 */
export class PidFileRemover {
  readonly #shell: ChildProcess;

  /** To be made while the process is root. Without a shell the file stays behind, as that of the classic daemon. */
  constructor(path: string) {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'imapproxyd', path, String(process.pid)], {
      argv0: 'imapproxyd-pid-file',
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#shell.on('error', () => undefined).unref();
    this.#shell.stdin?.on('error', () => undefined);
  }

  /** Removes the file; resolves when that is done. */
  async remove(): Promise<void> {
    const { pid, exitCode, signalCode, stdin } = this.#shell;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    const ended = once(this.#shell, 'exit');
    this.#shell.ref();
    stdin?.end();
    await ended;
  }
}
