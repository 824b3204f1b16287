import type { RowRun } from '../row-run.ts';

const CLIENTS = 1000;
/** TCP's own attempts come after 1 and 3 s. */
const DEADLINE_MS = 2500;

/** A thousand clients at the same moment, such as after a restart. */
export async function measureConnects(run: RowRun): Promise<void> {
  const { clear } = await run.nullServer();
  const load = run.loadThread();
  const field = await run.field(clear);
  await run.rounds(run.pick(4, 1), field, async ({ name, address }) => {
    const job = { kind: 'connects', address, clients: CLIENTS, deadlineMs: DEADLINE_MS } as const;
    const greetedMs = await load.run(job);
    if (greetedMs.includes(DEADLINE_MS))
      run.note(
        `connects: clients of ${name} waited longer than ${DEADLINE_MS} ms, which is where the row stops waiting`,
      );
    return { 'connects.slowest': Math.max(...greetedMs) };
  });
}
