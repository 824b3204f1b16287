import { stat } from 'node:fs/promises';
import type { Clock } from '../base/clock.ts';

export interface CertificateWatchOptions {
  /** Files and directories; symbolic links are followed, so one that leads elsewhere counts as a change. */
  readonly files: readonly string[];
  /** How often they are looked at, in ms. What has changed must then stay as it is for as long. */
  readonly everyMs: number;
  /** Takes the files as they are now, all of them; throws when they cannot be used. */
  readonly reload: () => void;
  /** Hears what `reload` threw, once for each state of the files. The next change is another chance. */
  readonly onUnusable: (error: unknown) => void;
}

/**
 * Has certificates read again when their files change. It looks at the files from time to time: fs.watch(2) misses what
 * renewals do, who put another file or link under the same name. Files in the middle of being written are left
 * alone, since certificate and key change one after the other.
 */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;
  #isStopped = false;
  /** As they were when last read. */
  #read: string | undefined;
  /** As they were when last looked at. */
  #seen: string | undefined;

  /** Begins at once; the files count as read. */
  constructor(options: CertificateWatchOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
    void this.#look();
  }

  /** Nothing is called from now on. */
  stop(): void {
    this.#isStopped = true;
    this.#cancel?.();
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const now = (await Promise.all(this.#options.files.map(stateOf))).join('\n');
    if (this.#isStopped) return;
    const hasSettled = now === this.#seen;
    this.#seen = now;
    this.#read ??= now;
    if (hasSettled && now !== this.#read) {
      this.#read = now;
      this.#reload();
    }
    if (!this.#isStopped) this.#cancel = this.#clock.after(this.#options.everyMs, () => void this.#look());
  }

  #reload(): void {
    try {
      this.#options.reload();
    } catch (error) {
      this.#options.onUnusable(error);
    }
  }
}

/** All by which a file shows that it is another one, or another content. */
async function stateOf(file: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(file, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return String(error);
  }
}
