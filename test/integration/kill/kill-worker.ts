/** One of the threads of `runKillInThreads`. */
import { parentPort, workerData } from 'node:worker_threads';
import { type KillOptions, runKill } from './run-kill.ts';

parentPort?.postMessage(await runKill(workerData as KillOptions));
