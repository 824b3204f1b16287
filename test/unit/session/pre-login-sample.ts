import { expect } from 'vitest';
import { differingCuts } from '../../support/cuts.ts';
import {
  type PreLoginCircumstances,
  type PreLoginOutcome,
  preLoginOutcome,
} from '../../support/pre-login-run.ts';

export const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');

/** What comes of `wire`, which must not depend on how it is cut. */
export function outcomeOf(wire: string, circumstances?: PreLoginCircumstances): PreLoginOutcome {
  const octets = Buffer.from(wire, 'latin1');
  const run = (chunks: Iterable<Buffer>) => preLoginOutcome(chunks, circumstances);
  expect(differingCuts(octets, run)).toEqual([]);
  return run([octets]);
}

export const repliesTo = (wire: string) => outcomeOf(wire).replies;
