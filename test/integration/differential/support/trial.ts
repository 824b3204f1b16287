import { firstDifference } from './comparison.ts';
import type { PlayOptions } from './player.ts';
import type { NamedTranscript, Stage, StagedProxy } from './stage.ts';

/** How often the server is asked again when the proxy seems to say something else. */
const REPLAYS = 6;

export interface TrialOptions extends PlayOptions {
  /** Default 6. */
  readonly replays?: number;
}

export interface Verdict {
  /** Where the proxy parts from what the server says in every play; undefined when it does not. */
  readonly difference: string | undefined;
  /** The server did not say the same in all plays, and once what the proxy says. */
  readonly isServerUndecided: boolean;
  readonly direct: NamedTranscript;
}

/**
 * Plays `scripts` at the server and through `proxy`, each as a user of its own with the same mail, and compares. Where a
 * server may choose (RFC 9051 section 5.2 lets it tell of changes when it likes), any of its own choices will do.
 */
export async function tryOut(
  stage: Stage,
  proxy: StagedProxy,
  scripts: readonly string[],
  { replays = REPLAYS, ...options }: TrialOptions = {},
): Promise<Verdict> {
  const [direct, proxied] = await Promise.all([
    stage.play(scripts, stage.server, options),
    stage.play(scripts, proxy, options),
  ]);
  const difference = firstDifference(direct, proxied);
  if (difference === undefined) return { difference, isServerUndecided: false, direct };
  for (let replay = 0; replay < replays; replay += 1) {
    const again = await stage.play(scripts, stage.server, options);
    if (firstDifference(again, proxied) === undefined) {
      return { difference: undefined, isServerUndecided: true, direct };
    }
  }
  return { difference, isServerUndecided: false, direct };
}
