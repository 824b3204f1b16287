import type { Cast } from './cast.ts';
import { type Answer, Clients } from './clients.ts';
import { hasCrashed, type StagedDaemon } from './stage.ts';
import { formatAnswer, formatStep, type Side, type Step, type Transcript } from './transcript.ts';

/** The transcript of one side alone, as it is expected. */
export function expectedOf(transcript: Transcript, side: Side): string {
  const over = new Set<number>();
  const lines: string[] = [];
  for (const step of transcript.steps) {
    if (!concerns(step, side)) continue;
    if ((step.kind === 'send' || step.kind === 'act') && over.has(step.connection)) continue;
    lines.push(step.kind === 'answer' ? formatAnswer(step) : formatStep(step));
    if (endsConnection(step)) over.add(step.connection);
    if (isLast(step)) break;
  }
  return lines.join('\n');
}

/**
 * Plays the clients of `transcript` to `daemon` and returns what was said, up to the first answer that is not the
 * expected one.
 */
export async function perform(
  transcript: Transcript,
  side: Side,
  daemon: StagedDaemon,
  cast: Cast,
): Promise<string> {
  using clients = new Clients(transcript, daemon, cast);
  const said: string[] = [];
  for (const step of transcript.steps) {
    if (!concerns(step, side)) continue;
    const isExpected = await performStep(step, clients, daemon, said);
    if (isExpected && isLast(step)) return said.join('\n');
    if (!isExpected) break;
  }
  said.push(...clients.unread().map(formatAnswer));
  if (await hasCrashed(daemon)) said.push('(crashed)');
  return said.join('\n');
}

async function performStep(
  step: Step,
  clients: Clients,
  daemon: StagedDaemon,
  said: string[],
): Promise<boolean> {
  if (step.kind === 'comment') return true;
  if (step.kind !== 'answer') {
    const unasked = clients.unread();
    said.push(...unasked.map(formatAnswer));
    if (unasked.length > 0) return false;
    if (await clients.act(step)) said.push(formatStep(step));
    return true;
  }
  const answer = await clients.next(step);
  const isCrash = step.text === '(crashed)' && answer.text === '(closed)' && (await hasCrashed(daemon));
  const { text }: Answer = isCrash ? step : answer;
  said.push(formatAnswer({ ...step, text }));
  return text === step.text;
}

function concerns(step: Step, side: Side): boolean {
  return step.kind === 'answer' ? step.sides.includes(side) : step.kind !== 'comment';
}

function endsConnection(step: Step): step is Extract<Step, { connection: number }> {
  if (step.kind === 'act') return step.action === 'close' || step.action === 'reset';
  return step.kind === 'answer' && step.text === '(closed)';
}

/** Behind a crash nobody says anything any more, and behind `(anything)` nobody knows what. */
function isLast(step: Step): boolean {
  return step.kind === 'answer' && ['(crashed)', '(anything)'].includes(step.text);
}
