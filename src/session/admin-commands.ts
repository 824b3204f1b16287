/**
 * The `XPROXY_` commands of the classic daemon, answered before login to clients that may ask, in the words
 * that scripts know.
 *
 * @see imapproxy(8) 1.2.8, README: "Internal commands"
 */
import { completed } from './replies.ts';

/** One server connection, as XPROXY_DUMPICC lists it. */
export interface ListedConnection {
  readonly id: number;
  readonly user: string;
  readonly isActive: boolean;
}

/** What the commands act upon. */
export interface Administration {
  /** As XPROXY_VERSION tells it. */
  readonly version: string;
  connections(): Iterable<ListedConnection>;
  resetCounters(): void;
  /** The user whose sessions are traced. */
  readonly tracedUser: string | undefined;
  trace(user: string | undefined): void;
  /** @throws Error when the trace file cannot be emptied */
  clearTrace(): void;
}

export const ADMIN_COMMANDS: ReadonlySet<string> = new Set([
  'XPROXY_VERSION',
  'XPROXY_DUMPICC',
  'XPROXY_RESETCOUNTERS',
  'XPROXY_TRACE',
  'XPROXY_NEWLOG',
]);

/** The answer to the command `name` with its first argument, or undefined for a name that is none of them. */
export function answerAdmin(
  tag: string,
  name: string,
  argument: string | undefined,
  administration: Administration,
): string | undefined {
  switch (name) {
    case 'XPROXY_VERSION':
      return `* XPROXY_VERSION ${administration.version}\r\n${completed(tag)}`;
    case 'XPROXY_DUMPICC':
      return `${[...administration.connections()].map(dumpLine).join('')}${completed(tag)}`;
    case 'XPROXY_RESETCOUNTERS':
      administration.resetCounters();
      return `${tag} OK Counters reset\r\n`;
    case 'XPROXY_TRACE':
      return trace(tag, argument, administration);
    case 'XPROXY_NEWLOG':
      return clearTrace(tag, administration);
    default:
      return undefined;
  }
}

function dumpLine({ id, user, isActive }: ListedConnection): string {
  return `* XPROXY_DUMPICC ${id} ${printable(user)} ${isActive ? 'Active' : 'Cached'}\r\n`;
}

function trace(tag: string, user: string | undefined, administration: Administration): string {
  if (user === undefined) {
    administration.trace(undefined);
    return `${tag} OK Tracing disabled\r\n`;
  }
  const traced = administration.tracedUser;
  if (traced !== undefined) return `${tag} BAD Tracing already enabled for user ${printable(traced)}\r\n`;
  administration.trace(user);
  if (administration.tracedUser === undefined) return failed(tag);
  return `${tag} OK Tracing enabled for user ${printable(user)}.\r\n`;
}

function clearTrace(tag: string, administration: Administration): string {
  try {
    administration.clearTrace();
    return `${tag} OK Logfile cleared\r\n`;
  } catch {
    // The administration has logged why; the asker is told as much as the classic daemon told.
    return failed(tag);
  }
}

function failed(tag: string): string {
  return `${tag} NO internal server error\r\n`;
}

/** A name with control characters could write response lines of its own. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '?');
}
