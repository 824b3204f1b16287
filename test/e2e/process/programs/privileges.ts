/** Gives up root as its first argument says, prints what it then is and sees, and waits for SIGTERM. */
import { readdirSync, statSync } from 'node:fs';
import { Libc } from '../../../../src/daemon/libc.ts';
import { type PrivilegeSettings, Privileges } from '../../../../src/daemon/privileges.ts';
import { createLogTo } from '../../../../src/observe/logger.ts';

const [settings = '{}', libc = 'with libc'] = process.argv.slice(2);
const given: PrivilegeSettings = JSON.parse(settings);
const lines: string[] = [];
const log = createLogTo({ write: (line: string) => void lines.push(line) }, 'debug');

try {
  const calls = libc === 'with libc' ? await Libc.load() : undefined;
  const privileges = new Privileges(given, calls, log);
  privileges.drop();
  print({
    identity: privileges.identity,
    groups: process.getgroups?.(),
    workingDirectory: process.cwd(),
    root: readdirSync('/'),
    isProcThere: statSync('/proc/self', { throwIfNoEntry: false }) !== undefined,
    hourInSummer: new Date(Date.UTC(2026, 6, 1)).getHours(),
  });
  const keepAlive = setInterval(() => undefined, 60_000);
  process.once('SIGTERM', () => clearInterval(keepAlive));
} catch (error) {
  print({ error: error instanceof Error ? `${error.name}: ${error.message}` : error });
}

function print(outcome: object): void {
  process.stdout.write(`${JSON.stringify({ ...outcome, log: lines.map((line) => JSON.parse(line)) })}\n`);
}
