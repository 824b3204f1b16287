import { InvariantError } from '../base/errors.ts';

/** How many of something there are, and how many there have been at most. */
export class Gauge {
  #now = 0;
  #peak = 0;

  get now(): number {
    return this.#now;
  }

  /** The highest value reached by a rise since the last {@link forgetPeak}. */
  get peak(): number {
    return this.#peak;
  }

  rise(): void {
    this.#now += 1;
    if (this.#now > this.#peak) this.#peak = this.#now;
  }

  /** @throws InvariantError when there is none left: something was counted off twice. */
  fall(): void {
    if (this.#now === 0) throw new InvariantError('gauge cannot fall below 0');
    this.#now -= 1;
  }

  /** Sets the peak to 0, whatever the value is now; it counts again from the next rise. */
  forgetPeak(): void {
    this.#peak = 0;
  }
}
