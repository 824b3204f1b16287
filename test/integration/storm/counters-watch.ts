import type { Counters } from '../../../src/observe/counters.ts';
import type { CounterName } from '../../../src/observe/statistics.ts';

/** Everything that is counted, without the times. */
export type Counts = Readonly<Record<CounterName | 'loginsRefused', number>>;

/** What `counters` say at this moment. */
export function countsOf(counters: Counters): Counts {
  const { startTime: _, countTime: __, ...counts } = counters.read();
  return { ...counts, loginsRefused: counters.loginsRefused };
}

/** Looks at counters again and again, for what they may never show. */
export class CounterWatch {
  #looks = 0;
  #fault: string | undefined;
  #before: Counts | undefined;

  get looks(): number {
    return this.#looks;
  }

  /** The first that was wrong; undefined while nothing was. */
  get fault(): string | undefined {
    return this.#fault;
  }

  look(now: Counts): void {
    this.#looks += 1;
    const before = this.#before ?? now;
    this.#before = now;
    for (const [name, count] of Object.entries(now)) {
      if (!Number.isSafeInteger(count) || count < 0) this.#blame(`${name} is ${count}`, now);
    }
    for (const [name, peak, count] of peaks(now)) {
      if (peak < count) this.#blame(`the peak of ${name} is below ${count}`, now);
    }
    const totalsBefore = new Map(totals(before));
    for (const [name, total] of totals(now)) {
      if (total < (totalsBefore.get(name) ?? 0)) this.#blame(`${name} has fallen`, now);
    }
  }

  #blame(what: string, now: Counts): void {
    this.#fault ??= `Look ${this.#looks}: ${what} in ${JSON.stringify(now)}`;
  }
}

function peaks(counts: Counts): [string, peak: number, now: number][] {
  return [
    ['clients', counts.clientsPeak, counts.clientsNow],
    ['in use', counts.connectionsInUsePeak, counts.connectionsInUse],
    ['parked', counts.connectionsParkedPeak, counts.connectionsParked],
  ];
}

/** What only grows. Reused logins do not: one that needed the server after all is counted as created instead. */
function totals(counts: Counts): [string, number][] {
  return [
    ['accepted clients', counts.clientsAccepted],
    ['logins', counts.logins],
    ['refused logins', counts.loginsRefused],
    ['created connections', counts.connectionsCreated],
    ['logins that were not reused', counts.logins - counts.connectionsReused],
    ...peaks(counts).map(([name, peak]): [string, number] => [`the peak of ${name}`, peak]),
  ];
}
