import { seededRandom } from '../storm/random-sessions.ts';
import { type Block, generateScript } from './generator.ts';
import { shrink } from './shrink.ts';
import { Stage, type StagedProxy, type StartProxy } from './support/stage.ts';
import { tryOut } from './support/trial.ts';

export interface DifferentialOptions {
  /** Decides about every script. */
  readonly seed: number;
  /** How many commands are played, about; each at the server and through the proxy. */
  readonly commands: number;
  /** How many scripts are played at a time. Default 8. */
  readonly lanes?: number;
  /** How many differences end the run. Default 3. */
  readonly maxDifferences?: number;
  /** Whether the smallest script is looked for, which takes a few hundred plays. Default yes. */
  readonly shrinks?: boolean;
  /** Default: the proxy of this source tree, in this process. */
  readonly startProxy?: StartProxy;
  readonly onProgress?: (played: number) => void;
}

export interface FoundDifference {
  /** `runDifferential` with this seed finds it again, in a script with this number. */
  readonly seed: number;
  readonly script: number;
  /** The smallest script that shows it, ready for `scripts/`. */
  readonly smallest: string;
  /** Where the two transcripts part. */
  readonly difference: string;
}

export interface DifferentialResult {
  /** How many commands were played; each at least twice. */
  readonly commands: number;
  readonly differences: readonly FoundDifference[];
  /** In how many scripts the server itself said one thing or the other, and the proxy one of them. */
  readonly undecided: number;
  /** How many sessions were given a connection of an earlier one. */
  readonly reused: number;
}

/** Enough that sessions of a script meet what others have left behind. */
const COMMANDS_PER_SCRIPT = 80;
/** How long a smaller script is looked for, in ms. */
const SHRINKING_MS = 60_000;
/** While a script is being made smaller, some of it waits for what does not come any more, in ms. */
const SHRINKING_DEADLINE_MS = 700;

/** Plays random scripts at the server and through the proxy, and tells where the two are told apart. */
export async function runDifferential({
  seed,
  commands,
  lanes = 8,
  maxDifferences = 3,
  shrinks = true,
  startProxy,
  onProgress = () => undefined,
}: DifferentialOptions): Promise<DifferentialResult> {
  await using stage = await Stage.open(lanes, startProxy);
  const differences: FoundDifference[] = [];
  const scripts = Math.ceil(commands / COMMANDS_PER_SCRIPT);
  let [next, played, undecided, found] = [0, 0, 0, 0];
  const runLane = async (proxy: StagedProxy): Promise<void> => {
    while (next < scripts && found < maxDifferences) {
      const script = next;
      next += 1;
      const blocks = generateScript(randomOf(seed, script), COMMANDS_PER_SCRIPT);
      const { difference, isServerUndecided, direct } = await tryOut(stage, proxy, [textOf(blocks)]);
      played += direct.sends;
      undecided += isServerUndecided ? 1 : 0;
      onProgress(played);
      if (difference === undefined || found >= maxDifferences) continue;
      found += 1;
      const smallest = shrinks ? await shrinkScript(stage, proxy, blocks) : blocks;
      const again = await tryOut(stage, proxy, [textOf(smallest)]);
      differences.push({
        seed,
        script,
        smallest: textOf(smallest),
        difference: again.difference ?? `Not in every play:\n${difference}`,
      });
    }
  };
  await Promise.all(stage.proxies.map(runLane));
  const reused = stage.proxies.reduce((sum, proxy) => sum + proxy.reused, 0);
  return { commands: played, differences, undecided, reused };
}

/** Everything a person needs to see a difference again. */
export function describeDifference({ seed, script, smallest, difference }: FoundDifference): string {
  return `Seed ${seed}, script ${script}\n\n${smallest}\n${difference}\n`;
}

function shrinkScript(stage: Stage, proxy: StagedProxy, blocks: readonly Block[]): Promise<readonly Block[]> {
  const options = { deadlineMs: SHRINKING_DEADLINE_MS, replays: 1 };
  const fails = async (some: readonly Block[]): Promise<boolean> =>
    (await tryOut(stage, proxy, [textOf(some)], options)).difference !== undefined;
  return shrink(blocks, fails, SHRINKING_MS);
}

/** A script depends on its number alone, not on which others were played before. */
function randomOf(seed: number, script: number): () => number {
  return seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(script + 1, 0x85ebca6b));
}

function textOf(blocks: readonly Block[]): string {
  return blocks.map((block) => `${block.join('\n')}\n`).join('');
}
