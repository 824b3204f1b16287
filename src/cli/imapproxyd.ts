/** The program `imapproxyd`: command line in, exit code out. */
import { rmSync, writeFileSync } from 'node:fs';
import { checkReport } from '../config/check.ts';
import { explain } from '../config/explain.ts';
import { ConfigError, type Finding, formatFinding, hasErrors } from '../config/finding.ts';
import { loadConfig, readConfig } from '../config/load.ts';
import type { Resolution } from '../config/resolve.ts';
import { Daemon } from '../daemon/daemon.ts';
import { keepStatistics } from '../daemon/statistics-writer.ts';
import { createLog, type Log } from '../observe/logger.ts';
import { type Invocation, parseInvocation, USAGE } from './argv.ts';
import { EXIT_CODES } from './exit-codes.ts';
import { UsageError } from './options.ts';
import { version } from './version.ts';

// Whatever is still under way when all is done, such as a server that does not answer, is not waited for.
process.exit(await main(process.argv.slice(2)));

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
    case 'explain': {
      const resolution = readConfig(invocation.configFile);
      process.stdout.write(explain(resolution));
      process.stderr.write(resolution.findings.map((finding) => `${formatFinding(finding)}\n`).join(''));
      return hasErrors(resolution.findings) ? EXIT_CODES.config : EXIT_CODES.stopped;
    }
    case 'serve':
      return await serve(
        loadConfig(invocation.configFile),
        invocation.isPidFileGiven ? invocation.pidFile : undefined,
      );
  }
}

async function serve(resolution: Resolution, pidFile: string | undefined): Promise<number> {
  const { file, config, findings } = resolution;
  const log = createLog({ level: config.logLevel, format: config.logFormat });
  logFindings(log, findings);
  exitOnBug(log);
  // A signal that comes while the daemon is still starting must not be lost.
  const stopped = nextStopSignal();
  let daemon: Daemon;
  try {
    daemon = new Daemon(config, log);
    if (pidFile !== undefined) writeFileSync(pidFile, `${process.pid}\n`);
    await daemon.serve();
  } catch (error) {
    log.error({ error: error instanceof Error ? error.message : String(error) }, 'could not start');
    return EXIT_CODES.couldNotStart;
  }
  const statistics = keepStatistics(config.statFilename, daemon.counters, log);
  process.on('SIGHUP', () => void reload(daemon, file, log));
  await stopped;
  await daemon.stop();
  statistics.stop();
  if (pidFile !== undefined) rmSync(pidFile, { force: true });
  return EXIT_CODES.stopped;
}

/** Resolves at the first SIGTERM or SIGINT. SIGHUP is no reason to die, not even before the daemon serves. */
function nextStopSignal(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  process.on('SIGTERM', () => resolve());
  process.on('SIGINT', () => resolve());
  process.on('SIGHUP', () => {});
  return promise;
}

/** Reads the configuration again. A file with errors changes nothing, and the log says what is wrong with it. */
async function reload(daemon: Daemon, file: string, log: Log): Promise<void> {
  try {
    const { config, findings } = loadConfig(file);
    logFindings(log, findings);
    await daemon.reload(config);
  } catch (error) {
    if (error instanceof ConfigError) logFindings(log, error.findings);
    const cause = error instanceof Error ? error.message : String(error);
    log.error({ error: cause }, 'configuration not reloaded; the old one stays in force');
  }
}

function logFindings(log: Log, findings: readonly Finding[]): void {
  for (const finding of findings) {
    log[finding.severity === 'error' ? 'error' : 'warn'](
      { finding: formatFinding(finding) },
      'configuration',
    );
  }
}

/** What nobody has caught leaves the state of every session in doubt; a new process has none. */
function exitOnBug(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error({ error: error.stack ?? error.message }, 'unexpected error');
    process.exit(EXIT_CODES.software);
  });
}
