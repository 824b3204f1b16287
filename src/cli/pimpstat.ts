/** The program `pimpstat`: the daemon's statistics out of its stat file, for programs and for people. */
import { readStatFile, StatFileError } from '../admin/stat-file.ts';
import { systemClock } from '../base/clock.ts';
import { ProxyError } from '../base/errors.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { type ScreenSource, showLive } from './live-screen.ts';
import { UsageError } from './options.ts';
import { PIMPSTAT_USAGE, type PimpstatInvocation, parsePimpstatInvocation } from './pimpstat-argv.ts';
import { loadPimpstatConfig, type PimpstatConfig } from './pimpstat-config.ts';
import { ASCII_BARS, BLOCK_BARS } from './sparkline.ts';
import { StatWatch } from './stat-watch.ts';
import { classicReport, jsonReport } from './statistics-report.ts';
import { NoTerminalError } from './terminal.ts';
import { version } from './version.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(parsePimpstatInvocation(args));
  } catch (error) {
    if (!(error instanceof ProxyError)) throw error;
    process.stderr.write(`pimpstat: ${describe(error)}\n`);
    return error instanceof UsageError ? error.exitCode : EXIT_CODES.couldNotStart;
  }
}

function describe(error: ProxyError): string {
  if (error instanceof UsageError) return `${error.message}\n${PIMPSTAT_USAGE.trimEnd()}`;
  // The words of the classic program; scripts may look for them.
  if (error instanceof StatFileError && error.action === 'open') {
    return `open() failed for '${error.path}': ${sentence(error.reason)} -- Exiting.`;
  }
  return error.message;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

async function run(invocation: PimpstatInvocation): Promise<number> {
  switch (invocation.name) {
    case 'help':
      process.stdout.write(PIMPSTAT_USAGE);
      break;
    case 'version':
      process.stdout.write(`pimpstat ${version()}\n`);
      break;
    case 'counters': {
      const { statFilename } = loadPimpstatConfig(invocation.configFile);
      process.stdout.write(classicReport(readStatFile(statFilename).statistics));
      break;
    }
    case 'json': {
      const { statFilename } = loadPimpstatConfig(invocation.configFile);
      process.stdout.write(jsonReport(statFilename, readStatFile(statFilename)));
      break;
    }
    case 'live':
      await watch(loadPimpstatConfig(invocation.configFile));
      break;
  }
  return EXIT_CODES.stopped;
}

async function watch({ statFilename, enableSelectCache }: PimpstatConfig): Promise<void> {
  if (!process.stdout.isTTY) throw new NoTerminalError();
  const watched = new StatWatch(() => readStatFile(statFilename), systemClock);
  const source: ScreenSource = {
    get state() {
      return {
        ...watched.state,
        statFile: statFilename,
        now: new Date(),
        isSelectCacheOn: enableSelectCache,
      };
    },
    look: () => watched.look(),
  };
  await showLive(source, showsUtf8(process.env) ? BLOCK_BARS : ASCII_BARS);
}

/** As setlocale(3) decides: the first of the three that is set. */
function showsUtf8({ LC_ALL, LC_CTYPE, LANG }: NodeJS.ProcessEnv): boolean {
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
