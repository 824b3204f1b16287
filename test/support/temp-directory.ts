import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './at-exit.ts';

/** A directory of its own for one test; gone with `remove`, with `using`, or at the latest with the process. */
export class TempDirectory implements Disposable {
  readonly path: string;
  readonly #cancelAtExit: () => void;

  /** @param purpose Part of the directory's name, so that a stray one can be traced. */
  constructor(purpose: string) {
    this.path = mkdtempSync(join(tmpdir(), `imapproxyd-${purpose}-`));
    this.#cancelAtExit = atExit(() => this.#delete());
  }

  remove(): void {
    this.#cancelAtExit();
    this.#delete();
  }

  [Symbol.dispose](): void {
    this.remove();
  }

  #delete(): void {
    rmSync(this.path, { recursive: true, force: true, maxRetries: 10 });
  }
}
