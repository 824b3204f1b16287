/** The program `imapproxyd`: command line in, exit code out. */
import { rmSync, writeFileSync } from 'node:fs';
import { checkReport } from '../config/check.ts';
import { explain } from '../config/explain.ts';
import { ConfigError, formatFinding } from '../config/finding.ts';
import { loadConfig, readConfig } from '../config/load.ts';
import type { Resolution } from '../config/resolve.ts';
import { Daemon } from '../daemon/daemon.ts';
import { createLog, type Log } from '../observe/logger.ts';
import { type Invocation, parseInvocation, USAGE } from './argv.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { UsageError } from './options.ts';
import { version } from './version.ts';

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    return await run(parseInvocation(args));
  } catch (error) {
    if (error instanceof UsageError) {
      process.stderr.write(`imapproxyd: ${error.message}\n${USAGE}`);
      return error.exitCode;
    }
    if (error instanceof ConfigError) {
      process.stderr.write(error.findings.map((finding) => `${formatFinding(finding)}\n`).join(''));
      return EXIT_CODES.config;
    }
    throw error;
  }
}

async function run(invocation: Invocation): Promise<number> {
  switch (invocation.name) {
    case 'help':
      process.stdout.write(USAGE);
      return EXIT_CODES.stopped;
    case 'version':
      process.stdout.write(`imapproxyd ${version()}\n`);
      return EXIT_CODES.stopped;
    case 'check-config': {
      const report = checkReport(readConfig(invocation.configFile));
      process.stdout.write(report.text);
      return report.isValid ? EXIT_CODES.stopped : EXIT_CODES.config;
    }
    case 'explain':
      process.stdout.write(explain(readConfig(invocation.configFile)));
      return EXIT_CODES.stopped;
    case 'serve':
      return await serve(
        loadConfig(invocation.configFile),
        invocation.isPidFileGiven ? invocation.pidFile : undefined,
      );
  }
}

async function serve({ config, findings }: Resolution, pidFile: string | undefined): Promise<number> {
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  for (const finding of findings) log.warn({ finding: formatFinding(finding) }, 'configuration');
  exitOnBug(log);
  // A signal that comes while the daemon is still starting must not be lost.
  const stopped = nextStopSignal(log);
  let daemon: Daemon;
  try {
    daemon = await Daemon.start(config, log);
    if (pidFile !== undefined) writeFileSync(pidFile, `${process.pid}\n`);
  } catch (error) {
    log.error({ error: error instanceof Error ? error.message : String(error) }, 'could not start');
    return EXIT_CODES.couldNotStart;
  }
  await stopped;
  await daemon.stop();
  if (pidFile !== undefined) rmSync(pidFile, { force: true });
  return EXIT_CODES.stopped;
}

/** Resolves at the first SIGTERM or SIGINT. SIGHUP is no reason to die, as for the classic daemon. */
function nextStopSignal(log: Log): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.on('SIGTERM', () => resolve());
  process.on('SIGINT', () => resolve());
  process.on('SIGHUP', () => log.warn('SIGHUP is ignored: the configuration is read at the start only'));
  return promise;
}

/** What nobody has caught leaves the state of every session in doubt; a new process has none. */
function exitOnBug(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error({ error: error.stack ?? error.message }, 'unexpected error');
    process.exit(EXIT_CODES.software);
  });
}
