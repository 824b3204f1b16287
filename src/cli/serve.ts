/** From the command line to a daemon that has stopped again. */
import { systemClock } from '../base/clock.ts';
import type { Config } from '../config/directives.ts';
import { ConfigError, type Finding, formatFinding } from '../config/finding.ts';
import { loadConfig } from '../config/load.ts';
import { BackgroundParent, startInBackground } from '../daemon/background.ts';
import { Daemon } from '../daemon/daemon.ts';
import { HeldFile } from '../daemon/held-file.ts';
import { hostResolver } from '../daemon/host-resolver.ts';
import { Libc } from '../daemon/libc.ts';
import { provideOpenFiles } from '../daemon/open-files.ts';
import { PidFile } from '../daemon/pid-file.ts';
import { Privileges } from '../daemon/privileges.ts';
import { ServiceManager } from '../daemon/service-manager.ts';
import { keepStatistics } from '../daemon/statistics-writer.ts';
import { createLog, createLogTo, type Log } from '../observe/logger.ts';
import { syslogStream } from '../observe/syslog.ts';
import { EXIT_CODES } from './exit-codes.ts';

export interface ServeOptions {
  readonly configFile: string;
  readonly pidFile: string;
  /** Whether `pidFile` was asked for; it is then written in the foreground too. */
  readonly isPidFileGiven: boolean;
  /** Whatever `foreground_mode` says. */
  readonly staysInForeground: boolean;
}

/** What `ps`, `pidof` and `pgrep` show, as for the classic daemon, and not the name of the interpreter. */
const PROCESS_NAME = 'imapproxyd';

const WITHOUT_LIBC =
  'koffi cannot be loaded: the log goes to standard error, the pid file is not locked, no_new_privs is not set';

/**
 * Serves until a signal, or the removal of the pid file, stops it.
 *
 * @returns the exit code.
 * @throws ConfigError; StartError when there is no second process for the background.
 */
export async function serve(options: ServeOptions): Promise<number> {
  process.title = PROCESS_NAME;
  const { config, findings } = loadConfig(options.configFile);
  const isInBackground = !config.foregroundMode && !options.staysInForeground;
  const pidPath = isInBackground || options.isPidFileGiven ? options.pidFile : undefined;
  const native = await callLibc(pidPath !== undefined);
  const parent = BackgroundParent.find();
  if (isInBackground && parent === undefined) {
    return startInBackground({ standardError: native.libc === undefined ? 'keep' : 'none' });
  }
  const log = openLog(config, native.libc, parent);
  logFindings(log, findings);
  if (native.refusal !== undefined) log.warn({ error: native.refusal }, WITHOUT_LIBC);
  exitOnBug(log);
  // A signal that comes while the daemon is still starting must not be lost.
  const stop = new StopRequest(log);
  try {
    await run({ config, configFile: options.configFile, pidPath, log, libc: native.libc, parent, stop });
    return EXIT_CODES.stopped;
  } catch (error) {
    log.error({ error: messageOf(error) }, 'could not start');
    return EXIT_CODES.couldNotStart;
  }
}

interface Run {
  readonly config: Config;
  readonly configFile: string;
  readonly pidPath: string | undefined;
  readonly log: Log;
  readonly libc: Libc | undefined;
  readonly parent: BackgroundParent | undefined;
  readonly stop: StopRequest;
}

async function run({ config, configFile, pidPath, log, libc, parent, stop }: Run): Promise<void> {
  const tryLock = libc && ((descriptor: number) => libc.tryLock(descriptor));
  const pidFile = pidPath === undefined ? undefined : PidFile.take(pidPath, tryLock);
  try {
    provideOpenFiles(config.cacheSize, libc && ((files) => libc.setMaxOpenFiles(files)), log);
    const connect = libc && ((address: string) => libc.connectDatagram(address));
    const manager = new ServiceManager(process.env, connect, log);
    const privileges = new Privileges(config, libc, log);
    if (privileges.areGivenUp) pidFile?.keepRemovable();
    const isRootChanged = privileges.newRoot !== undefined;
    const source = new HeldFile(configFile);
    const resolveHost = await hostResolver(config, isRootChanged, systemClock);
    const daemon = new Daemon(config, log, systemClock, resolveHost);
    let statistics = { stop(): void {} };
    await daemon.serve(() => {
      daemon.openTrace(privileges.identity);
      statistics = keepStatistics(config.statFilename, daemon.counters, log, privileges.identity);
      privileges.drop();
    });
    if (parent !== undefined) process.chdir('/');
    pidFile?.watch(systemClock, () => stop.because('pid file removed'));
    const endWatchdog = manager.startWatchdog(systemClock);
    const serving = `Listening on port ${daemon.address.port}`;
    manager.ready(serving);
    parent?.letGo();
    const reload = async (): Promise<void> => {
      manager.reloading();
      await reloadFrom(source, isRootChanged, daemon, log);
      manager.ready(serving);
    };
    process.on('SIGHUP', () => void reload());
    await stop.requested;
    manager.stopping('Waiting for sessions to end');
    await daemon.stop();
    statistics.stop();
    endWatchdog();
  } finally {
    await pidFile?.release();
  }
}

/** A configuration that cannot be used leaves the old one in force. */
async function reloadFrom(source: HeldFile, isRootChanged: boolean, daemon: Daemon, log: Log): Promise<void> {
  try {
    const { config, findings } = loadConfig(source.path, source.read(isRootChanged));
    logFindings(log, findings);
    await daemon.reload(config);
  } catch (error) {
    if (error instanceof ConfigError) logFindings(log, error.findings);
    log.error({ error: messageOf(error) }, 'configuration not reloaded; the old one stays in force');
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

/** The first reason to stop. */
class StopRequest {
  readonly requested: Promise<void>;
  readonly #resolve: () => void;
  readonly #log: Log;

  constructor(log: Log) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.requested = promise;
    this.#resolve = resolve;
    this.#log = log;
    process.on('SIGTERM', () => this.because('SIGTERM'));
    process.on('SIGINT', () => this.because('SIGINT'));
    // Before there is anything to read again, it is no reason to die either.
    process.on('SIGHUP', () => undefined);
  }

  because(reason: string): void {
    this.#log.info({ reason }, 'asked to stop');
    this.#resolve();
  }
}

interface Native {
  readonly libc?: Libc;
  readonly refusal?: string;
}

/** Loads koffi only where something needs it: a pid file, syslog, root's rights to give up, a service manager. */
async function callLibc(hasPidFile: boolean): Promise<Native> {
  const { NOTIFY_SOCKET } = process.env;
  if (!hasPidFile && process.geteuid?.() !== 0 && NOTIFY_SOCKET === undefined) return {};
  try {
    return { libc: await Libc.load() };
  } catch (error) {
    return { refusal: messageOf(error) };
  }
}

/** In the background to syslog, and to whoever waits for the start; else to standard error. */
function openLog(config: Config, libc: Libc | undefined, parent: BackgroundParent | undefined): Log {
  if (parent === undefined || libc === undefined) {
    return createLog({ level: config.logLevel, format: config.logFormat });
  }
  const { syslogFacility: facility, syslogPrioritymask: leastPriority } = config;
  const streams = [syslogStream(libc, { facility, leastPriority }), parent.log];
  const write = (line: string): void => {
    for (const stream of streams) stream.write(line);
  };
  return createLogTo({ write }, config.logLevel);
}

/** What nobody has caught leaves the state of every session in doubt; a new process has none. */
function exitOnBug(log: Log): void {
  process.on('uncaughtException', (error) => {
    log.error({ error: error.stack ?? error.message }, 'unexpected error');
    process.exit(EXIT_CODES.software);
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
