import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { resolve } from 'node:path';

/** Most of a file that is read, in octets: far more than any configuration. */
const MAX_OCTETS = 1024 * 1024;

/**
 * A file that stays open, so that it can be read again when the process no longer finds it, or no longer may open it:
 * after a change of root directory and user.
 */
export class HeldFile {
  readonly path: string;
  readonly #descriptor: number;

  /** @throws Error with the system's code when the file cannot be opened. */
  constructor(path: string) {
    // The process goes to the root directory later, where a relative path would be another one.
    this.path = resolve(path);
    this.#descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /**
   * What stands in the file now: in the one of that name where the process can read it, else in the one that is open.
   *
   * @param isRootChanged whether a path means another file by now.
   * @throws Error when only the open one can be read, and that is no longer the one of that name.
   */
  read(isRootChanged: boolean): Buffer {
    if (!isRootChanged) {
      try {
        return readFileSync(this.path);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EACCES')) throw error;
      }
    }
    if (fstatSync(this.#descriptor).nlink === 0) {
      throw new Error(
        `Cannot read ${this.path}: another file has its name by now, which only a restart can open`,
      );
    }
    return this.#readFromStart();
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  #readFromStart(): Buffer {
    const octets = Buffer.alloc(MAX_OCTETS);
    return octets.subarray(0, readSync(this.#descriptor, octets, 0, MAX_OCTETS, 0));
  }
}
