import { DEFAULT_CONFIG_FILE, readOptions, UsageError } from './options.ts';

/** What the command line of `pimpstat` asks for. */
export type PimpstatInvocation =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | { readonly name: 'counters' | 'json' | 'live'; readonly configFile: string };

/** What `pimpstat --help` prints, and what goes with a `UsageError`. */
export const PIMPSTAT_USAGE = `Usage: pimpstat [-f FILE] [-c | --json]
       pimpstat -h | -V

Shows the statistics of a running imapproxyd, refreshed every second.

  -f, --config FILE  configuration file, which names the stat file (${DEFAULT_CONFIG_FILE})
  -c, --counters     print the counters once, one in each line
      --json         print everything once, as a JSON object
  -h, --help         print this text, and stop
  -V, --version      print the version, and stop
`;

/**
 * Reads the command line of `pimpstat`.
 *
 * @param args without the program itself, as in `process.argv.slice(2)`.
 * @throws UsageError for an unknown option, a missing or empty file name, or a word that is no option.
 */
export function parsePimpstatInvocation(args: readonly string[]): PimpstatInvocation {
  const options = readOptions(args, {
    config: { type: 'string', short: 'f' },
    counters: { type: 'boolean', short: 'c' },
    json: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean', short: 'V' },
  });
  if (options.help) return { name: 'help' };
  if (options.version) return { name: 'version' };
  const { config: configFile = DEFAULT_CONFIG_FILE } = options;
  if (configFile === '') throw new UsageError('Cannot use an empty file name: expected a path');
  if (options.counters && options.json) {
    throw new UsageError('Cannot do both -c and --json: expected one of them');
  }
  if (options.counters) return { name: 'counters', configFile };
  return { name: options.json ? 'json' : 'live', configFile };
}
