import type { ContestantName } from './contestants/contestant.ts';
import type { Figure } from './metric.ts';

/** Everything measured so far, in the order of measuring. */
export class Figures {
  readonly #values = new Map<string, Map<ContestantName, number[]>>();

  add(metric: string, contestant: ContestantName, value: number): void {
    const contestants = this.#values.get(metric) ?? new Map<ContestantName, number[]>();
    this.#values.set(metric, contestants);
    const values = contestants.get(contestant) ?? [];
    contestants.set(contestant, values);
    values.push(value);
  }

  /** The values of all rounds; undefined when there are none. */
  of(metric: string, contestant: ContestantName): readonly number[] | undefined {
    return this.#values.get(metric)?.get(contestant);
  }

  list(): Figure[] {
    return [...this.#values].flatMap(([metric, contestants]) =>
      [...contestants].map(([contestant, values]) => ({ metric, contestant, values })),
    );
  }
}
