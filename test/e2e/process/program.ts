import { fileURLToPath } from 'node:url';

/** The command line that runs one of the small programs of these tests. */
export function program(name: string, ...args: readonly string[]): [command: string, args: string[]] {
  const path = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
  return [process.execPath, [path, ...args]];
}
