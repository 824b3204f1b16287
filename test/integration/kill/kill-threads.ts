import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { recordAnswers } from './recording.ts';
import type { KillOptions, KillReport } from './run-kill.ts';

/** `runKill` with the cuts dealt out to so many threads. @throws what a thread throws */
export async function runKillInThreads(options: KillOptions, threads: number): Promise<KillReport> {
  const startedAt = performance.now();
  const recording = options.recording ?? (await recordAnswers());
  const indices = Array.from({ length: threads }, (_, index) => index);
  const reports = await Promise.all(
    indices.map((index) => inThread({ ...options, recording, share: { index, count: threads } })),
  );
  const sum = (key: 'cuts' | 'reused'): number => reports.reduce((total, report) => total + report[key], 0);
  return {
    possible: reports[0]?.possible ?? 0,
    cuts: sum('cuts'),
    reused: sum('reused'),
    unclean: reports.flatMap(({ unclean }) => unclean),
    ms: Math.round(performance.now() - startedAt),
  };
}

async function inThread(options: KillOptions): Promise<KillReport> {
  const worker = new Worker(new URL('kill-worker.ts', import.meta.url), { workerData: options });
  const [report] = (await once(worker, 'message')) as [KillReport];
  return report;
}
