import { StatFile } from '../admin/stat-file.ts';
import type { Counters } from '../observe/counters.ts';
import type { Log } from '../observe/logger.ts';

/** Keeps the stat file as the counters are. Trouble with it is logged once and disturbs nobody. */
export class StatisticsWriter {
  readonly #file: StatFile;
  readonly #counters: Counters;
  readonly #log: Log;
  #hasFailed = false;

  /** Opens the file at once, with what is true now. @throws StatFileError */
  constructor(path: string, counters: Counters, log: Log) {
    this.#file = StatFile.open(path);
    this.#counters = counters;
    this.#log = log;
    this.#file.write(counters.read());
  }

  /** The file, for whoever gives it away before the privileges are dropped. */
  get file(): StatFile {
    return this.#file;
  }

  write(): void {
    try {
      this.#file.write(this.#counters.read());
      this.#hasFailed = false;
    } catch (error) {
      if (this.#hasFailed) return;
      this.#hasFailed = true;
      const cause = error instanceof Error ? error.message : String(error);
      this.#log.warn({ directive: 'stat_filename', error: cause }, 'statistics are not written');
    }
  }

  /** Writes the last numbers; they stay behind. */
  close(): void {
    this.write();
    this.#file.close();
  }
}
