/** The thread that makes the load: takes one job after the other and posts what came of each. */
import { parentPort } from 'node:worker_threads';
import { HeldSessions } from './held-sessions.ts';
import { type Job, runJob } from './job.ts';

if (parentPort === null) throw new Error('Cannot run a load worker outside of a worker thread');
const port = parentPort;
const held = new HeldSessions();

port.on('message', (job: Job) => {
  runJob(job, held).then(
    (result) => port.postMessage({ result }),
    (error: unknown) => port.postMessage({ error }),
  );
});
