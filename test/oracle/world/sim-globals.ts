/** Puts the time and the chance of the simulation in the place of the machine's, for code that asks for them by name. */
import type { Random } from '../random.ts';
import type { SimClock } from './sim-clock.ts';

/** The turn of the real event loop, after which everything that can go on without an event has done so. */
export const realSetImmediate: typeof setImmediate = globalThis.setImmediate;

/** @see SimClock; the replaced timers count on it. */
export function installGlobals(clock: SimClock, random: Random): void {
  const start = (task: () => void, ms = 0): object => {
    const cancel = clock.after(ms, task);
    return { cancel, ref() {}, unref() {} };
  };
  const repeat = (task: () => void, ms = 0): object => {
    let cancel = (): void => {};
    const next = (): void => {
      cancel = clock.after(ms, () => {
        next();
        task();
      });
    };
    next();
    return { cancel: () => cancel(), ref() {}, unref() {} };
  };
  const stop = (timer: { readonly cancel?: () => void } | undefined): void => timer?.cancel?.();
  Object.assign(globalThis, {
    setTimeout: start,
    setInterval: repeat,
    clearTimeout: stop,
    clearInterval: stop,
  });
  Object.defineProperty(globalThis, 'performance', {
    value: { now: () => clock.now() },
    configurable: true,
  });
  Date.now = () => Math.floor(clock.now());
  Math.random = () => random.next();
}
