/** Writes the answers of both daemons into a transcript, instead of those that stand in it. */

import type { Cast } from './cast.ts';
import { type Answer, Clients } from './clients.ts';
import { hasCrashed, type StagedDaemon } from './stage.ts';
import { formatAnswer, formatStep, isClientStep, SIDES, type Side, type Transcript } from './transcript.ts';

/** What is said before and behind each step of the clients; the key is the step's index. */
export interface Recording {
  readonly before: ReadonlyMap<number, readonly Answer[]>;
  readonly behind: ReadonlyMap<number, readonly Answer[]>;
}

/** Plays the clients of `transcript` to `daemon` and waits after each step until nothing more comes. */
export async function record(transcript: Transcript, daemon: StagedDaemon, cast: Cast): Promise<Recording> {
  using clients = new Clients(transcript, daemon, cast);
  const before = new Map<number, Answer[]>();
  const behind = new Map<number, Answer[]>();
  for (const [index, step] of transcript.steps.entries()) {
    if (!isClientStep(step)) continue;
    if (step.kind !== 'settle' && !clients.has(step.connection)) {
      before.set(index, await clients.record(step.connection));
    }
    if (!(await clients.act(step))) continue;
    const answers = await clients.record();
    const isSilent =
      step.kind === 'send' && !answers.some(({ connection }) => connection === step.connection);
    if (isSilent) answers.push({ connection: step.connection, text: '(nothing)' });
    const last = answers.at(-1);
    behind.set(index, answers);
    if (last?.text === '(closed)' && (await hasCrashed(daemon))) {
      answers[answers.length - 1] = { ...last, text: '(crashed)' };
      break;
    }
  }
  return { before, behind };
}

/** The file of `transcript` with the answers of `recordings`. */
export function formatRecorded(
  transcript: Transcript,
  recordings: Readonly<Record<Side, Recording>>,
): string {
  const lines = [transcript.head, ''];
  const merge = (moment: keyof Recording, index: number): string[] =>
    mergeAnswers(
      (recordings.classic[moment].get(index) ?? []).map(formatAnswer),
      (recordings.ours[moment].get(index) ?? []).map(formatAnswer),
    );
  for (const [index, step] of transcript.steps.entries()) {
    if (step.kind === 'answer') continue;
    const written = formatStep(step);
    if (step.kind === 'comment' && written === '' && lines.at(-1) === '') continue;
    lines.push(...merge('before', index), written, ...merge('behind', index));
  }
  return `${lines.join('\n').trimEnd()}\n`;
}

/** Common lines at the beginning and the end stand for both; what is between them differs. */
function mergeAnswers(classic: readonly string[], ours: readonly string[]): string[] {
  const shorter = Math.min(classic.length, ours.length);
  let start = 0;
  while (start < shorter && classic[start] === ours[start]) start += 1;
  let tail = 0;
  while (tail < shorter - start && classic.at(-1 - tail) === ours.at(-1 - tail)) tail += 1;
  const middle = SIDES.flatMap((side) => {
    const own = side === 'classic' ? classic : ours;
    return own.slice(start, own.length - tail).map((line) => line.replace(':', ` ${side}:`));
  });
  return [...classic.slice(0, start), ...middle, ...classic.slice(classic.length - tail)];
}
