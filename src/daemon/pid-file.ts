/** The file that holds the daemon's process id: for scripts that stop it, and so that it does not run twice. */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { resolve } from 'node:path';
import type { Clock } from '../base/clock.ts';
import { PidFileRemover } from './pid-file-remover.ts';
import { StartError } from './start-error.ts';

/** Locks an open file for this process, or says that another one has it; `Libc.tryLock`. */
export type TryLock = (descriptor: number) => boolean;

const MODE = 0o644;

/** No symbolic link: whoever can place one in the directory would have root empty a file of their choice. */
const OVERWRITE = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW;

/** How often it is looked whether the file is still there, in ms: an init script waits 2 s between stop and start. */
const WATCH_MS = 500;

/**
 * Held from `take` to `release` by a lock, which the system drops when the process ends however it ends. So a file
 * that is left behind is in nobody's way, whatever process has got its number since.
 *
 * The file stays open for reading only: a daemon that somebody has taken over must not choose, by the number in the
 * file, which process an init script of root ends.
 */
export class PidFile {
  readonly path: string;
  readonly #descriptor: number;
  #remover: PidFileRemover | undefined;

  private constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  /**
   * Writes the number of this process and a line feed to the file.
   *
   * @param tryLock undefined where there is no flock(2): then a file is taken when the process in it does not run.
   * @throws StartError when the file cannot be written or belongs to a process that runs.
   */
  static take(path: string, tryLock: TryLock | undefined): PidFile {
    const absolute = resolve(path);
    for (;;) {
      const file = PidFile.#tryToTake(absolute, tryLock);
      if (file !== undefined) return file;
    }
  }

  /** @returns undefined when its owner has removed the file between our opening and our locking it. */
  static #tryToTake(path: string, tryLock: TryLock | undefined): PidFile | undefined {
    const descriptor = open(path);
    try {
      if (isHeld(descriptor, tryLock)) {
        const owner = readFileSync(path, 'utf8').trim();
        throw new StartError(`Cannot start: process ${owner} runs already, by its pid file ${path}`);
      }
      if (isSameFile(path, descriptor)) {
        fchmodSync(descriptor, MODE);
        write(path);
        return new PidFile(path, descriptor);
      }
    } catch (error) {
      closeSync(descriptor);
      throw error instanceof StartError ? error : new StartError(`Cannot write the pid file ${path}`, error);
    }
    closeSync(descriptor);
    return undefined;
  }

  /** Sees to it that the file can be removed when this process is root no longer. To be called before that. */
  keepRemovable(): void {
    this.#remover ??= new PidFileRemover(this.path);
  }

  /** Whether somebody has removed or replaced the file. Also true to say after a change of root directory and user. */
  get isRemoved(): boolean {
    return fstatSync(this.#descriptor).nlink === 0;
  }

  /**
   * Calls `onRemoved` once, soon after somebody has removed or replaced the file. That is how init scripts stop a
   * daemon which they cannot find by its program, because that is Node.js: first they look for it in vain, then
   * they remove the file.
   *
   * @returns what ends the watch.
   */
  watch(clock: Clock, onRemoved: () => void): () => void {
    let cancel: () => void;
    const look = (): void => {
      if (this.isRemoved) onRemoved();
      else cancel = clock.after(WATCH_MS, look);
    };
    cancel = clock.after(WATCH_MS, look);
    return () => cancel();
  }

  /** Removes the file, unless it is no longer ours. */
  async release(): Promise<void> {
    if (!this.#unlink()) await this.#remover?.remove();
    closeSync(this.#descriptor);
  }

  /** @returns whether the remover has nothing left to do. */
  #unlink(): boolean {
    try {
      // In a changed root the same path may be another file.
      if (!isSameFile(this.path, this.#descriptor)) return false;
      unlinkSync(this.path);
      return true;
    } catch {
      return false;
    }
  }
}

function open(path: string): number {
  try {
    const flags = constants.O_RDONLY | constants.O_CREAT | constants.O_NOFOLLOW | constants.O_NONBLOCK;
    return openSync(path, flags, MODE);
  } catch (error) {
    throw new StartError(`Cannot open the pid file ${path}`, error);
  }
}

function write(path: string): void {
  const descriptor = openSync(path, OVERWRITE);
  try {
    writeSync(descriptor, `${process.pid}\n`);
  } finally {
    closeSync(descriptor);
  }
}

function isHeld(descriptor: number, tryLock: TryLock | undefined): boolean {
  if (tryLock !== undefined) return !tryLock(descriptor);
  const owner = Number(readFileSync(descriptor, 'utf8'));
  return Number.isInteger(owner) && owner > 0 && owner !== process.pid && isRunning(owner);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function isSameFile(path: string, descriptor: number): boolean {
  const there = statSync(path, { throwIfNoEntry: false });
  const held = fstatSync(descriptor);
  return there !== undefined && there.ino === held.ino && there.dev === held.dev;
}
