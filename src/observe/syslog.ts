/** The log as messages to syslog(3), for a daemon in the background. */
import type { DestinationStream } from 'pino';
import { InvariantError } from '../base/errors.ts';
import { toTextLine } from './text-line.ts';

/** What it takes of the C library. */
export interface SyslogCalls {
  /** @param facility as openlog(3) takes it: LOG_MAIL is 16. */
  openSyslog(ident: string, facility: number): void;
  syslog(priority: number, message: string): void;
}

export interface SyslogOptions {
  /** Classic `syslog_facility`, by its name in syslog(3). */
  readonly facility: string;
  /** The least important messages that are still sent; classic `syslog_prioritymask`, by its name in syslog(3). */
  readonly leastPriority: string;
}

/** The classic daemon's name for itself, which filters of administrators look for. */
const IDENT = 'in.imapproxyd';

/** Below the facility stands the priority, in three bits. */
const FACILITY_BITS = 3;

/** The facilities from 0 on; the four numbers between LOG_FTP and LOG_LOCAL0 are reserved. */
const FACILITIES =
  'LOG_KERN LOG_USER LOG_MAIL LOG_DAEMON LOG_AUTH LOG_SYSLOG LOG_LPR LOG_NEWS LOG_UUCP LOG_CRON LOG_AUTHPRIV LOG_FTP'.split(
    ' ',
  );
const LOG_LOCAL0 = 16;

const PRIORITIES = 'LOG_EMERG LOG_ALERT LOG_CRIT LOG_ERR LOG_WARNING LOG_NOTICE LOG_INFO LOG_DEBUG'.split(
  ' ',
);

/**
 * Opens syslog and returns a stream for pino that sends each line as one message. Call it before a change of root
 * directory. A message that the system's logger does not take is lost, as with any program.
 *
 * @throws InvariantError for a name that is not in syslog(3).
 */
export function syslogStream(calls: SyslogCalls, options: SyslogOptions): DestinationStream {
  const least = numberOf(PRIORITIES, options.leastPriority);
  calls.openSyslog(IDENT, facilityNumber(options.facility) << FACILITY_BITS);
  return {
    write(line: string): void {
      const { priority, text } = toTextLine(line);
      if (priority <= least) calls.syslog(priority, text);
    },
  };
}

function facilityNumber(name: string): number {
  const [, local] = /^LOG_LOCAL([0-7])$/.exec(name) ?? [];
  return local === undefined ? numberOf(FACILITIES, name) : LOG_LOCAL0 + Number(local);
}

function numberOf(names: readonly string[], name: string): number {
  const number = names.indexOf(name);
  if (number < 0) throw new InvariantError(`syslog knows no ${name}`);
  return number;
}
