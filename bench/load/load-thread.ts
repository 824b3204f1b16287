import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Job, ResultOf } from './job.ts';

/** What the thread posts when a job has ended. */
interface Report {
  readonly result?: unknown;
  readonly error?: Error;
}

const DEADLINE_MS = 100_000;

/** A thread that makes load, so that this one stays free to sample. */
export class LoadThread implements AsyncDisposable {
  #worker = startWorker();

  /**
   * Does one job; one at a time.
   *
   * @throws Error when it fails or takes too long, after which no session is held any more.
   */
  async run<J extends Job>(job: J): Promise<ResultOf<J>> {
    const report = await this.#post(job);
    if (report.error === undefined) return report.result as ResultOf<J>;
    throw new Error(`Cannot finish the load "${job.kind}": ${report.error.message}`, { cause: report.error });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate();
  }

  async #post(job: Job): Promise<Report> {
    const worker = this.#worker;
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    worker.postMessage(job);
    try {
      const [report] = (await once(worker, 'message', { signal: deadline })) as [Report];
      return report;
    } catch (error) {
      if (!deadline.aborted) throw error;
      this.#worker = startWorker();
      await worker.terminate();
      return { error: new Error(`not done after ${DEADLINE_MS / 1000} s`) };
    }
  }
}

function startWorker(): Worker {
  return new Worker(new URL('./load-worker.ts', import.meta.url));
}
