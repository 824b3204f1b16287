/** The every-octet kill, as a plain function. */
import { CLIENT_SCRIPTS } from '../../conversations/library.ts';
import {
  allCuts,
  type Cut,
  describeCut,
  describeScene,
  type Rehearsed,
  type Scene,
  sampleOf,
} from './cuts.ts';
import { Lane } from './lane.ts';
import { type Recording, recordAnswers } from './recording.ts';

export interface KillOptions {
  /** Chooses the sample. Default 1. */
  readonly seed?: number;
  /** How many of the cuts are made. Default: all. */
  readonly sample?: number;
  /** Names of scripts. Default: all nine. */
  readonly clients?: readonly string[];
  /** Default: made anew, from a Dovecot. */
  readonly recording?: Recording;
  /** Makes every `count`th of the chosen cuts, beginning with the `index`th: for several runs side by side. */
  readonly share?: { readonly index: number; readonly count: number };
  /** Ends the run after so many unclean logins. Default 10. */
  readonly maxUnclean?: number;
}

/** Something that was not as it must be. */
export interface Unclean {
  /** After which cut; or in which scene, when it was not cut at all. */
  readonly cut: string;
  readonly complaint: string;
}

export interface KillReport {
  /** How many cuts there are. */
  readonly possible: number;
  /** How many were made. */
  readonly cuts: number;
  /** After how many of them the next login got the very connection that the client had used. */
  readonly reused: number;
  readonly unclean: readonly Unclean[];
  readonly ms: number;
}

/** Lanes share a thread: while one of them waits for the kernel, another one works. */
const LANES = 4;

/**
 * Cuts each connection of each client after each octet of either side, and after each cut logs in again as the same
 * user and demands a session that looks like the first one ever.
 */
export async function runKill(options: KillOptions = {}): Promise<KillReport> {
  const { seed = 1, sample = Infinity, clients = [...CLIENT_SCRIPTS.keys()], maxUnclean = 10 } = options;
  const { share = { index: 0, count: 1 } } = options;
  const startedAt = performance.now();
  const recording = options.recording ?? (await recordAnswers());
  const lanes = await Promise.all(Array.from({ length: LANES }, () => Lane.open(recording)));
  const run = new Run(maxUnclean);
  const rehearsed = await run.rehearse(lanes, scenesOf(clients));
  const cuts = [...allCuts(rehearsed)];
  const chosen = sampleOf(cuts, sample, seed).filter((_, index) => index % share.count === share.index);
  const waiting = chosen.values();
  await Promise.all(lanes.map((lane) => run.work(lane, waiting)));
  await Promise.all(lanes.map((lane) => run.close(lane)));
  const ms = Math.round(performance.now() - startedAt);
  return { possible: cuts.length, cuts: run.cuts, reused: run.reused, unclean: run.unclean, ms };
}

class Run {
  readonly unclean: Unclean[] = [];
  cuts = 0;
  reused = 0;
  readonly #maxUnclean: number;

  constructor(maxUnclean: number) {
    this.#maxUnclean = maxUnclean;
  }

  /** In each lane, so that all of their proxies have learned the same. */
  async rehearse(lanes: readonly Lane[], scenes: readonly Scene[]): Promise<Rehearsed[]> {
    const rehearsed: Rehearsed[] = [];
    for (const scene of scenes) {
      for (const lane of lanes) {
        if (this.#isEnough) return rehearsed;
        const result = await this.#attempt(describeScene(scene), () => lane.rehearse(scene));
        if (result !== undefined && lane === lanes[0]) rehearsed.push(result);
      }
    }
    return rehearsed;
  }

  async work(lane: Lane, cuts: Iterator<Cut>): Promise<void> {
    for (let next = cuts.next(); next.done !== true; next = cuts.next()) {
      const cut = next.value;
      if (this.#isEnough) return;
      await this.#attempt(describeCut(cut), async () => {
        this.cuts += 1;
        if (await lane.make(cut)) this.reused += 1;
      });
    }
  }

  async close(lane: Lane): Promise<void> {
    await this.#attempt('the end', () => lane.close());
  }

  get #isEnough(): boolean {
    return this.unclean.length >= this.#maxUnclean;
  }

  /** What `task` complains about is the finding of the run, not its failure. */
  async #attempt<T>(cut: string, task: () => Promise<T>): Promise<T | undefined> {
    try {
      return await task();
    } catch (error) {
      this.unclean.push({ cut, complaint: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }
}

/** The first connection of each client finds nothing that is parked; those after it do, and so it may itself. */
function scenesOf(clients: readonly string[]): Scene[] {
  return clients.flatMap((client) => {
    const connections = CLIENT_SCRIPTS.get(client)?.connections ?? [];
    const hot = connections.map((script): Scene => ({ client, script, warmth: 'hot' }));
    return [...hot.slice(0, 1).map((scene): Scene => ({ ...scene, warmth: 'cold' })), ...hot];
  });
}
