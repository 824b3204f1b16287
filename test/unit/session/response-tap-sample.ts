import { expect } from 'vitest';
import { differingCuts } from '../../support/cuts.ts';
import { type ResponseTapOutcome, ResponseTapRun } from '../../support/response-tap-run.ts';

/** What a server says, and what must come of it. */
export interface TapSample {
  readonly name?: string;
  /** Sent by the client before; `a NOOP` unless said otherwise. */
  readonly commands?: readonly string[];
  readonly wire: string;
  /** Everything, unless said otherwise. */
  readonly received?: string;
  readonly told?: readonly string[];
  readonly obstacle?: string;
  readonly isQuiet?: boolean;
}

/** What comes of `chunks` for a client that has sent the commands of `sample`. */
export function outcomeOf(sample: TapSample, chunks: Iterable<Buffer>): ResponseTapOutcome {
  const run = new ResponseTapRun(sample.commands ?? ['a NOOP']);
  for (const chunk of chunks) run.feed(chunk);
  return run.outcome;
}

/** Expects of `sample` what it says, however its octets are cut. */
export function expectOutcome(sample: TapSample): void {
  const octets = Buffer.from(sample.wire, 'latin1');
  expect(outcomeOf(sample, [octets])).toEqual({
    received: sample.received ?? sample.wire,
    told: sample.told ?? ['a'],
    obstacle: sample.obstacle,
    isQuiet: sample.isQuiet ?? true,
    isAtBoundary: true,
  });
  expect(differingCuts(octets, (chunks) => outcomeOf(sample, chunks))).toEqual([]);
}
