import type { HeldSessions } from '../held-sessions.ts';

/** The same small command again and again, in all held sessions at the same time. */
export interface CommandsJob {
  readonly kind: 'commands';
  readonly command: string;
  /** In each session. */
  readonly commands: number;
}

export interface CommandsResult {
  readonly elapsedMs: number;
  /** One entry per command of all sessions. */
  readonly commandMs: readonly number[];
}

export async function runCommands(
  { command, commands }: CommandsJob,
  held: HeldSessions,
): Promise<CommandsResult> {
  const commandMs: number[] = [];
  const startedAt = performance.now();
  await Promise.all(
    held.all.map(async (session) => {
      for (let count = 0; count < commands; count += 1) {
        const saidAt = performance.now();
        await session.command(command);
        commandMs.push(performance.now() - saidAt);
      }
    }),
  );
  return { elapsedMs: performance.now() - startedAt, commandMs };
}
