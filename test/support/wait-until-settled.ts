import { waitUntil } from './wait-until.ts';

/** How many looks in a row must give the same value: 100 ms, in which a peer on loopback would have gone on. */
const LOOKS = 20;

/**
 * Waits until `probe` gives one value for a while, for what goes on as long as it can and then stands still.
 * Returns that value.
 *
 * @throws Error naming `what` when it does not come to rest within 5 s.
 */
export async function waitUntilSettled(probe: () => number, what: string): Promise<number> {
  let value = probe();
  let looks = 0;
  await waitUntil(
    () => {
      const next = probe();
      looks = next === value ? looks + 1 : 0;
      value = next;
      return looks >= LOOKS;
    },
    { what: `${what} to come to rest` },
  );
  return value;
}
