/** What a load thread can be told to do: plain data, because it crosses to the thread. */
import type { Address } from './address.ts';
import type { HeldSessions } from './held-sessions.ts';
import { type BulkJob, type BulkResult, runBulk } from './jobs/bulk.ts';
import { type CommandsJob, type CommandsResult, runCommands } from './jobs/commands.ts';
import { type ConnectsJob, type ConnectsResult, runConnects } from './jobs/connects.ts';
import { type PulseJob, type PulseResult, runPulse } from './jobs/pulse.ts';
import { type RhythmJob, type RhythmResult, runRhythm } from './jobs/rhythm.ts';
import { runViews, type ViewsJob, type ViewsResult } from './jobs/views.ts';

/** Opens sessions that the later jobs of this thread find. */
export interface HoldJob {
  readonly kind: 'hold';
  readonly address: Address;
  /** One session for each. */
  readonly users: readonly string[];
}

/** Ends the held sessions. */
export interface ReleaseJob {
  readonly kind: 'release';
}

/** Each kind of job with what comes of it. */
export interface JobResults {
  readonly views: ViewsResult;
  readonly hold: undefined;
  readonly release: undefined;
  readonly commands: CommandsResult;
  readonly pulse: PulseResult;
  readonly bulk: BulkResult;
  readonly connects: ConnectsResult;
  readonly rhythm: RhythmResult;
}

export type Job =
  | ViewsJob
  | HoldJob
  | ReleaseJob
  | CommandsJob
  | PulseJob
  | BulkJob
  | ConnectsJob
  | RhythmJob;

export type ResultOf<J extends Job> = JobResults[J['kind']];

/** Does a job in this thread. @throws Error when any answer is not what it should be. */
export async function runJob(job: Job, held: HeldSessions): Promise<JobResults[Job['kind']]> {
  switch (job.kind) {
    case 'views':
      return runViews(job);
    case 'hold':
      await held.open(job.address, job.users);
      return undefined;
    case 'release':
      held.release();
      return undefined;
    case 'commands':
      return runCommands(job, held);
    case 'pulse':
      return runPulse(job, held);
    case 'bulk':
      return runBulk(job, held);
    case 'connects':
      return runConnects(job);
    case 'rhythm':
      return runRhythm(job);
  }
}
