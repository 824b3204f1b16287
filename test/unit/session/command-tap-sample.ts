import { expect } from 'vitest';
import { SessionState } from '../../../src/protocol/session-state.ts';
import { type CommandTapOutcome, CommandTapRun, type Reaction } from '../../support/command-tap-run.ts';
import { differingCuts } from '../../support/cuts.ts';

/** What a client sends, and what must come of it. */
export interface TapSample {
  readonly name?: string;
  readonly wire: string;
  /** Everything, unless said otherwise. */
  readonly sent?: string;
  /** Nothing, unless said otherwise. */
  readonly secret?: string;
  readonly asked?: readonly string[];
  readonly reactions?: readonly Reaction[];
  readonly obstacle?: string;
  readonly variant?: string;
}

/** What comes of `chunks` when the server reacts as in `sample`. */
export function outcomeOf(
  sample: TapSample,
  chunks: Iterable<Buffer>,
  state: SessionState = new SessionState(),
): CommandTapOutcome {
  const run = new CommandTapRun(sample.reactions, state);
  for (const chunk of chunks) run.feed(chunk);
  return run.outcome;
}

/** Expects of `sample` what it says, however its octets are cut. */
export function expectOutcome(
  sample: TapSample,
  makeState: () => SessionState = () => new SessionState(),
): void {
  const octets = Buffer.from(sample.wire, 'latin1');
  expect(outcomeOf(sample, [octets], makeState())).toEqual({
    sent: sample.sent ?? sample.wire,
    secret: sample.secret ?? '',
    asked: sample.asked ?? [],
    obstacle: sample.obstacle,
    variant: sample.variant ?? makeState().variant,
    isAtBoundary: true,
    isIdling: false,
  });
  expect(differingCuts(octets, (chunks) => outcomeOf(sample, chunks, makeState()))).toEqual([]);
}
