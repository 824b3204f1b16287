/** The log: JSON lines for machines, readable lines on a terminal. */
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

/** Constant sentences with data in fields; a secret is never among them. */
export type Log = Logger;

export interface LogOptions {
  readonly level: 'error' | 'warn' | 'info' | 'debug';
  /** `auto`: readable when standard error is a terminal. */
  readonly format: 'auto' | 'json' | 'pretty';
}

/** A log to standard error. Writing is synchronous, so that the last line before an exit is not lost. */
export function createLog(options: LogOptions): Log {
  const isPretty =
    options.format === 'pretty' || (options.format === 'auto' && process.stderr.isTTY === true);
  return createLogTo(isPretty ? prettyStream() : destination({ fd: 2, sync: true }), options.level);
}

/** The same, to any stream; for tests and embedding. */
export function createLogTo(stream: DestinationStream, level: LogOptions['level']): Log {
  return pino(
    { level, base: { pid: process.pid }, formatters: { level: (label) => ({ level: label }) } },
    stream,
  );
}

function prettyStream(): DestinationStream {
  return pretty({ destination: 2, sync: true, ignore: 'pid', translateTime: 'SYS:HH:MM:ss.l' });
}
