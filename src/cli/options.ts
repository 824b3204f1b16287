import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import { ProxyError } from '../base/errors.ts';
import { EXIT_CODES } from './exit-codes.ts';

/** The command line makes no sense; the program's usage text helps. */
export class UsageError extends ProxyError {
  readonly code = 'USAGE';
  readonly fault = 'operator';
  readonly exitCode = EXIT_CODES.usage;
}

/** Where both programs look for the configuration when they are not told. */
export const DEFAULT_CONFIG_FILE = '/etc/imapproxy.conf';

/**
 * The values of the options in `args`, by their long names.
 *
 * @param args without the program itself, as in `process.argv.slice(2)`.
 * @throws UsageError for an unknown option, a missing value, or a word that is no option.
 */
export function readOptions<const O extends ParseArgsOptionsConfig>(args: readonly string[], options: O) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // Further lines of the message are advice about spellings that no usage text offers.
    const [reason = ''] = String(error instanceof Error ? error.message : error).split(/\.?\n/);
    throw new UsageError(`Cannot read the command line: ${reason}`, { cause: error });
  }
}
