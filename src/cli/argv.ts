import { DEFAULT_CONFIG_FILE, readOptions, UsageError } from './options.ts';

/** What the command line asks for. */
export type Invocation =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | { readonly name: 'check-config'; readonly configFile: string }
  | { readonly name: 'explain'; readonly configFile: string }
  | {
      readonly name: 'serve';
      readonly configFile: string;
      readonly pidFile: string;
      /** Whether `pidFile` was asked for; a pid file is then written in the foreground too. */
      readonly isPidFileGiven: boolean;
      /** Whatever `foreground_mode` says. */
      readonly staysInForeground: boolean;
    };

const DEFAULT_PID_FILE = '/run/imapproxy.pid';

const OPTIONS = {
  config: { type: 'string', short: 'f' },
  'pid-file': { type: 'string', short: 'p' },
  foreground: { type: 'boolean' },
  'check-config': { type: 'boolean' },
  explain: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'V' },
} as const;

/** What `--help` prints, and what goes with a `UsageError`. */
export const USAGE = `Usage: imapproxyd [-f FILE] [-p FILE] [--foreground | --check-config | --explain]
       imapproxyd -h | -V

  -f, --config FILE    configuration file (${DEFAULT_CONFIG_FILE})
  -p, --pid-file FILE  where to write the process id (${DEFAULT_PID_FILE})
      --foreground     stay in the foreground, whatever foreground_mode says
      --check-config   report what is wrong with the configuration, and stop
      --explain        print every directive with its value and origin, and stop
  -h, --help           print this text, and stop
  -V, --version        print the version, and stop
`;

/**
 * Reads the command line.
 *
 * @param args without the program itself, as in `process.argv.slice(2)`.
 * @throws UsageError for an unknown option, a missing or empty file name, or a word that is no option.
 */
export function parseInvocation(args: readonly string[]): Invocation {
  const options = readOptions(args, OPTIONS);
  if (options.help) return { name: 'help' };
  if (options.version) return { name: 'version' };
  const { config: configFile = DEFAULT_CONFIG_FILE, 'pid-file': pidFile } = options;
  if (configFile === '' || pidFile === '') {
    throw new UsageError('Cannot use an empty file name: expected a path');
  }
  if (options['check-config'] && options.explain) {
    throw new UsageError('Cannot do both --check-config and --explain: expected one of them');
  }
  if (options['check-config']) return { name: 'check-config', configFile };
  if (options.explain) return { name: 'explain', configFile };
  return {
    name: 'serve',
    configFile,
    pidFile: pidFile ?? DEFAULT_PID_FILE,
    isPidFileGiven: pidFile !== undefined,
    staysInForeground: options.foreground === true,
  };
}
