import { parseArgs } from 'node:util';

/** What the command line asks for. */
export interface Options {
  readonly help: boolean;
  /** End after the table instead of staying up. */
  readonly once: boolean;
  /** Use a private Dovecot instead of the server that comes with the demo. */
  readonly dovecot: boolean;
}

export const USAGE = `Usage: npm run demo [-- OPTIONS]

  --once      end after the table instead of staying up
  --dovecot   use a private Dovecot instead of the server that comes with the demo
  --help      print this text, and stop
`;

/** Reads the command line. @throws Error for anything that is no option. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: { help: { type: 'boolean' }, once: { type: 'boolean' }, dovecot: { type: 'boolean' } },
  });
  return { help: values.help ?? false, once: values.once ?? false, dovecot: values.dovecot ?? false };
}
