/** Every way a stream may arrive in pieces that is worth a try. */

/** Up to this length, in octets, two cuts are tried in all their positions. */
const MAX_OCTETS_FOR_PAIRS = 50;

/** One octet at a time, cut once anywhere, and cut twice anywhere if `octets` are few. */
export function* chunkingsOf(octets: Buffer): Generator<readonly Buffer[]> {
  yield Array.from(octets, (_, at) => octets.subarray(at, at + 1));
  for (let cut = 1; cut < octets.length; cut += 1) {
    yield [octets.subarray(0, cut), octets.subarray(cut)];
    if (octets.length > MAX_OCTETS_FOR_PAIRS) continue;
    for (let second = cut + 1; second < octets.length; second += 1) {
      yield [octets.subarray(0, cut), octets.subarray(cut, second), octets.subarray(second)];
    }
  }
}

/** Cuts `octets` at `positions`, in any order; those beyond the end do nothing. */
export function cutAt(octets: Buffer, positions: readonly number[]): readonly Buffer[] {
  const cuts = [...positions.filter((at) => at < octets.length), octets.length].sort((a, b) => a - b);
  return cuts.map((cut, index) => octets.subarray(cuts[index - 1] ?? 0, cut));
}

/**
 * The chunkings of `octets` that make `run` give something else than `octets` in one piece does; empty when
 * cuts do not matter. Each chunk is a copy that is overwritten when `run` has returned from it, so that
 * nobody lives on octets that a socket would have used again; `run` takes them one by one.
 */
export function differingCuts(octets: Buffer, run: (chunks: Iterable<Buffer>) => unknown): readonly string[] {
  const whole = JSON.stringify(run(transient([octets])));
  const differing: string[] = [];
  for (const chunks of chunkingsOf(octets)) {
    const cut = JSON.stringify(run(transient(chunks)));
    if (cut === whole) continue;
    differing.push(
      `${chunks.map((chunk) => JSON.stringify(chunk.toString('latin1'))).join(' | ')} gives ${cut}`,
    );
  }
  return differing;
}

/** Copies of `chunks`, each good until the next is asked for. */
export function* transient(chunks: Iterable<Buffer>): Generator<Buffer> {
  for (const chunk of chunks) {
    const copy = Buffer.from(chunk);
    yield copy;
    copy.fill('#');
  }
}
