import { setTimeout as delay } from 'node:timers/promises';
import type { Address } from '../address.ts';
import { conversationOf, say } from '../conversation.ts';
import { ImapConnection } from '../imap-connection.ts';
import { clicks, type RhythmModel } from '../rhythm.ts';

/** Many users' clicks at the times at which they come, time running faster than on the wall. */
export interface RhythmJob extends RhythmModel {
  readonly kind: 'rhythm';
  readonly address: Address;
  /** How many times faster. */
  readonly speed: number;
}

export interface RhythmResult {
  readonly views: number;
  /** Users who came at all. */
  readonly users: number;
  /** How far the most belated view began behind its time, in ms on the wall. */
  readonly latestMs: number;
  /** From connecting until the answer to LOGOUT, on the wall. */
  readonly viewMs: readonly number[];
}

export async function runRhythm(job: RhythmJob): Promise<RhythmResult> {
  const schedule = clicks(job);
  const viewMs: number[] = [];
  const running = new Set<Promise<void>>();
  const startedAt = performance.now();
  let latestMs = 0;
  for (const { atMs, user } of schedule) {
    const dueAt = startedAt + atMs / job.speed;
    const earlyMs = dueAt - performance.now();
    if (earlyMs > 1) await delay(earlyMs);
    latestMs = Math.max(latestMs, performance.now() - dueAt);
    const view = viewPage(job.address, `user${user}`, viewMs);
    running.add(view);
    // One that fails stays in the set, where the end of the job finds it.
    view.then(
      () => running.delete(view),
      () => undefined,
    );
  }
  await Promise.all(running);
  const users = new Set(schedule.map(({ user }) => user)).size;
  return { views: schedule.length, users, latestMs, viewMs };
}

async function viewPage(address: Address, user: string, viewMs: number[]): Promise<void> {
  const startedAt = performance.now();
  const connection = await ImapConnection.open(address);
  for (const step of conversationOf('page view', user)) await say(connection, step);
  connection.destroy();
  viewMs.push(performance.now() - startedAt);
}
