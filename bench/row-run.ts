import { setTimeout as delay } from 'node:timers/promises';
import { CertificateAuthority } from '../test/support/certificates.ts';
import {
  CONTESTANTS,
  type Contestant,
  type ContestantName,
  type Upstream,
  type Wishes,
} from './contestants/contestant.ts';
import { startField } from './contestants/field.ts';
import type { Figures } from './figures.ts';
import { LoadThread } from './load/load-thread.ts';
import { type ProcessorClock, processorTime } from './measure/processor-time.ts';
import type { NullServerSettings } from './servers/null-server.ts';
import { ServerProcess } from './servers/server-process.ts';

/** Figures of one contestant in one round, by metric; those that a contestant cannot have are undefined. */
export type Sample = Readonly<Record<string, number | undefined>>;

/** A server for the contestants to stand in front of. */
export interface NullServer {
  readonly process: ServerProcess;
  readonly clear: Upstream;
  /** The same server, reached by TLS. */
  readonly tls: Upstream;
}

/** So long a contestant may take to put things away behind the last answer, in ms; that is its work too. */
const TIDY_UP_MS = 40;

/** No further round begins when those of a row have taken so long, in ms. */
const ROUNDS_MS = { full: 30_000, quick: 5_000 };

/** What a row works with while it runs. All it starts ends with it. */
export class RowRun implements AsyncDisposable {
  readonly started = new AsyncDisposableStack();
  readonly #figures: Figures;
  readonly #clock: ProcessorClock;
  readonly #isQuick: boolean;
  readonly #notes: string[];
  #authority: CertificateAuthority | undefined;

  constructor(figures: Figures, clock: ProcessorClock, isQuick: boolean, notes: string[]) {
    this.#figures = figures;
    this.#clock = clock;
    this.#isQuick = isQuick;
    this.#notes = notes;
  }

  /** The size for a full run, or that for a quick one. */
  pick<T>(full: T, quick: T): T {
    return this.#isQuick ? quick : full;
  }

  /** Something that whoever reads the figures must know. */
  note(text: string): void {
    if (!this.#notes.includes(text)) this.#notes.push(text);
  }

  loadThread(): LoadThread {
    return this.started.use(new LoadThread());
  }

  async authority(): Promise<CertificateAuthority> {
    this.#authority ??= this.started.use(await CertificateAuthority.create('Bench authority'));
    return this.#authority;
  }

  async nullServer(): Promise<NullServer> {
    const authority = await this.authority();
    const { certFile, keyFile } = await authority.issue();
    const settings: NullServerSettings = { tls: { certFile, keyFile } };
    const process = this.started.use(await ServerProcess.start('./null-server.ts', settings));
    const { port, tlsPort = 0 } = process.ports;
    const clear = { port };
    return { process, clear, tls: { port, tls: { port: tlsPort, caFile: authority.certFile } } };
  }

  field(
    upstream: Upstream,
    names: readonly ContestantName[] = CONTESTANTS,
    wishes: Wishes = {},
  ): Promise<Contestant[]> {
    return startField(names, upstream, this.started, wishes);
  }

  /**
   * Measures all contestants in turns, so that whatever else the machine does meets them alike. The first round
   * warms up caches and compilers and is not recorded. Where a machine is so busy that they take too long, there
   * are fewer.
   */
  async rounds(
    rounds: number,
    field: readonly Contestant[],
    measure: (contestant: Contestant, isWarmUp: boolean) => Promise<Sample>,
  ): Promise<void> {
    const failed = new Set<Contestant>();
    const endAt = performance.now() + this.pick(ROUNDS_MS.full, ROUNDS_MS.quick);
    for (let round = 0; round <= rounds; round += 1) {
      for (const contestant of field) {
        if (failed.has(contestant)) continue;
        const sample = await this.attempt(contestant.name, () => measure(contestant, round === 0));
        if (sample === undefined) failed.add(contestant);
        else if (round > 0) this.record(contestant.name, sample);
      }
      if (round > 0 && round < rounds && performance.now() > endAt) {
        this.note('The machine was busy: some rows had fewer rounds than usual');
        return;
      }
    }
  }

  /**
   * Does what may be too much for somebody else's program, and notes that.
   *
   * @returns undefined when it was. @throws Error when it was too much for ours.
   */
  async attempt<T>(contestant: ContestantName, work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (contestant === 'imapproxyd' || contestant === 'direct') throw error;
      this.note(
        `${contestant} did not get through: ${error instanceof Error ? error.message : String(error)}`,
      );
      return undefined;
    }
  }

  record(contestant: ContestantName, sample: Sample): void {
    for (const [metric, value] of Object.entries(sample)) {
      if (value !== undefined) this.#figures.add(metric, contestant, value);
    }
  }

  /** Runs `work` and tells how long the contestant was on a processor meanwhile: ms, and undefined for `direct`. */
  async timed<T>(contestant: Contestant, work: () => Promise<T>): Promise<readonly [T, number | undefined]> {
    const pids = contestant.pids();
    const before = processorTime(this.#clock, pids);
    const result = await work();
    await delay(TIDY_UP_MS);
    const ms = processorTime(this.#clock, pids) - before;
    return [result, pids.length === 0 ? undefined : ms];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.started.disposeAsync();
  }
}

/** Microseconds for each of `units`. */
export function eachUs(ms: number | undefined, units: number): number | undefined {
  return ms === undefined ? undefined : (ms * 1000) / units;
}
