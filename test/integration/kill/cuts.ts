import type { ConnectionScript } from '../../conversations/script.ts';
import { seededRandom } from '../storm/random-sessions.ts';

export type Side = 'client' | 'server';

/** A connection of a client, as it is played for a cut. */
export interface Scene {
  readonly client: string;
  readonly script: ConnectionScript;
  /** Cold: no connection is parked when the client logs in; hot: one is, on which the same was played before. */
  readonly warmth: 'cold' | 'hot';
}

/** A scene of which everything is known that there is to cut. */
export interface Rehearsed extends Scene {
  /** How many octets each side has sent at the end of each of its writes; the reset is in here. */
  readonly writeEnds: Readonly<Record<Side, readonly number[]>>;
  /** Everything the client receives when nothing is cut; latin1. */
  readonly received: string;
}

export interface Cut {
  readonly scene: Rehearsed;
  readonly by: Side;
  readonly afterOctets: number;
  /** Not as soon as the last octet is out, but in place of the next one: the other side has had its say. */
  readonly isPatient: boolean;
  readonly how: 'FIN' | 'RST';
}

const SIDES = ['client', 'server'] as const;
const ENDS = ['FIN', 'RST'] as const;

/**
 * Every cut there is: each side ends the connection in each way after each octet that it sends; and behind whole writes
 * once more, when the other side has answered or asked.
 */
export function* allCuts(scenes: readonly Rehearsed[]): Generator<Cut> {
  for (const scene of scenes) {
    for (const by of SIDES) {
      const writeEnds = scene.writeEnds[by];
      for (const how of ENDS) {
        for (let afterOctets = 1; afterOctets <= (writeEnds.at(-1) ?? 0); afterOctets += 1) {
          yield { scene, by, afterOctets, how, isPatient: false };
        }
        for (const afterOctets of writeEnds.slice(0, -1))
          yield { scene, by, afterOctets, how, isPatient: true };
      }
    }
  }
}

/** As many of `cuts` as `size`, in their order, chosen by `seed`; all of them if there are no more. */
export function sampleOf(cuts: readonly Cut[], size: number, seed: number): readonly Cut[] {
  const random = seededRandom(seed);
  let wanted = Math.min(size, cuts.length);
  return cuts.filter((_, index) => {
    const isChosen = random() * (cuts.length - index) < wanted;
    if (isChosen) wanted -= 1;
    return isChosen;
  });
}

/** A cut in words, from which it can be made again. */
export function describeCut({ scene, by, afterOctets, how, isPatient }: Cut): string {
  const when = isPatient ? 'in place of what follows' : 'after';
  return `${describeScene(scene)}: ${how} by the ${by} ${when} octet ${afterOctets}`;
}

export function describeScene({ client, script, warmth }: Scene): string {
  return `${client}, "${script.title}", ${warmth}`;
}
