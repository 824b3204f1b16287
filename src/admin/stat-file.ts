/** The stat file: counters for `pimpstat`, ours and the classic one, which maps the file into its memory. */
import {
  closeSync,
  constants,
  fchownSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { getSystemErrorMessage } from 'node:util';
import { ProxyError } from '../base/errors.ts';
import type { Statistics } from '../observe/statistics.ts';
import {
  checkStatLength,
  decodeStatistics,
  encodeStatistics,
  STAT_FILE_OCTETS,
  StatLayoutError,
} from './stat-layout.ts';

export type { CounterName, Statistics } from '../observe/statistics.ts';
export { decodeStatistics, encodeStatistics, StatLayoutError } from './stat-layout.ts';

type Action = 'open' | 'read' | 'write' | 'change the owner of';

/** The stat file cannot be used. */
export class StatFileError extends ProxyError {
  readonly code = 'STAT_FILE';
  readonly fault = 'operator';
  readonly action: Action;
  readonly path: string;
  /** What the system says, or what is wrong with the octets. */
  readonly reason: string;

  constructor(action: Action, path: string, cause: unknown) {
    const reason = reasonOf(cause);
    super(`Cannot ${action} the stat file ${path} (stat_filename): ${reason}`, { cause });
    this.action = action;
    this.path = path;
    this.reason = reason;
  }
}

/** The daemon's side: the one writer of the stat file. */
export class StatFile {
  readonly #path: string;
  readonly #descriptor: number;

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /**
   * Opens the file, or makes it for its owner alone, and fills it with zeros. It is never opened again,
   * so that it can be written after a change of root directory and user.
   *
   * @throws StatFileError
   */
  static open(path: string): StatFile {
    const descriptor = attempt('open', path, () =>
      openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600),
    );
    const file = new StatFile(path, descriptor);
    try {
      attempt('write', path, () => ftruncateSync(descriptor, STAT_FILE_OCTETS));
      file.#replace(Buffer.alloc(STAT_FILE_OCTETS));
      return file;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  /**
   * Puts `statistics` in place of what the file holds, in one system call. Neither a rename nor a
   * truncation: a classic `pimpstat` that has the file mapped would see the old one for ever, or die.
   *
   * @throws StatFileError
   */
  write(statistics: Statistics): void {
    this.#replace(encodeStatistics(statistics));
  }

  /**
   * Gives the file to the user that the daemon is about to become.
   *
   * @throws StatFileError
   */
  chown(uid: number, gid: number): void {
    attempt('change the owner of', this.#path, () => fchownSync(this.#descriptor, uid, gid));
  }

  /** Ends the writing; the file stays behind with the last values, as that of the classic daemon does. */
  close(): void {
    closeSync(this.#descriptor);
  }

  #replace(octets: Buffer): void {
    attempt('write', this.#path, () => writeSync(this.#descriptor, octets, 0, octets.length, 0));
  }
}

/** What a stat file held when it was read. */
export interface StatReading {
  readonly statistics: Statistics;
  /** When it was last written; a classic daemon, which maps the file, leaves this mostly as it is. */
  readonly refreshedAt: Date;
}

/**
 * Reads a stat file of this program or of a classic daemon.
 *
 * @throws StatFileError when it cannot be read, or holds anything else.
 */
export function readStatFile(path: string): StatReading {
  // Without O_NONBLOCK a pipe of that name would hold the reader up for ever.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  const descriptor = attempt('open', path, () => openSync(path, flags));
  try {
    return attempt('read', path, () => readOpened(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function readOpened(descriptor: number): StatReading {
  const { size, mtime } = fstatSync(descriptor);
  checkStatLength(size);
  const octets = Buffer.alloc(size);
  readSync(descriptor, octets, 0, size, 0);
  return { statistics: decodeStatistics(octets), refreshedAt: mtime };
}

function attempt<T>(action: Action, path: string, task: () => T): T {
  try {
    return task();
  } catch (cause) {
    throw new StatFileError(action, path, cause);
  }
}

/** Of a system error, the words without the code, call and path that Node.js puts around them. */
function reasonOf(cause: unknown): string {
  if (cause instanceof StatLayoutError) return cause.reason;
  if (!(cause instanceof Error)) return String(cause);
  return 'errno' in cause && typeof cause.errno === 'number'
    ? getSystemErrorMessage(cause.errno)
    : cause.message;
}
