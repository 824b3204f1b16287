import type { Config } from '../config/directives.ts';
import { ConfigError } from '../config/finding.ts';
import { readConfig } from '../config/load.ts';

/** What `pimpstat` wants to know of the configuration. */
export type PimpstatConfig = Pick<Config, 'statFilename' | 'enableSelectCache'>;

const DIRECTIVES_IN_USE: ReadonlySet<string> = new Set(['stat_filename', 'enable_select_cache']);

/**
 * Reads the configuration file. Errors in directives that only the daemon needs do not matter here: it may
 * have been started before they were made, or be a classic one to which they are none.
 *
 * @throws ConfigError when the file or a line cannot be read, or a directive in use is wrong.
 */
export function loadPimpstatConfig(file: string): PimpstatConfig {
  const { config, findings } = readConfig(file);
  const obstacles = findings.filter(
    ({ severity, directive }) =>
      severity === 'error' && (directive === undefined || DIRECTIVES_IN_USE.has(directive)),
  );
  if (obstacles.length > 0) throw new ConfigError(obstacles);
  return config;
}
