/** How long a call keeps this thread on a processor, in ns: one value per round, when the compiler has done its work. */
export function timeEach(call: () => void, rounds: number): number[] {
  const calls = callsPerRound(call);
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) times.push(timeOf(call, calls) / calls);
  return times;
}

const ROUND_NS = 50e6;

/** So many calls as take {@link ROUND_NS}, found by doing more and more of them, which warms up too. */
function callsPerRound(call: () => void): number {
  for (let calls = 64; ; calls *= 2) {
    const time = timeOf(call, calls);
    if (time > ROUND_NS) return Math.ceil((calls * ROUND_NS) / time);
  }
}

function timeOf(call: () => void, calls: number): number {
  const before = process.threadCpuUsage();
  for (let count = 0; count < calls; count += 1) call();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) * 1000;
}
