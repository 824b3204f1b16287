/**
 * The smallest list that still fails, found by leaving out ever shorter runs of it (delta debugging).
 *
 * @param limitMs after this what has been found by then is returned; otherwise no single element can be left out
 */
export async function shrink<T>(
  all: readonly T[],
  fails: (some: readonly T[]) => Promise<boolean>,
  limitMs: number,
): Promise<readonly T[]> {
  const endsAt = performance.now() + limitMs;
  let smallest = all;
  let run = Math.ceil(all.length / 2);
  for (;;) {
    const before = smallest.length;
    for (let at = 0; at < smallest.length && performance.now() < endsAt; ) {
      const without = [...smallest.slice(0, at), ...smallest.slice(at + run)];
      if (await fails(without)) smallest = without;
      else at += run;
    }
    if (performance.now() >= endsAt || (run === 1 && smallest.length === before)) return smallest;
    run = Math.max(1, Math.floor(run / 2));
  }
}
