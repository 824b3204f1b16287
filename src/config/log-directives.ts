import type { DirectivesFor } from './directive.ts';
import { choice, text } from './kinds.ts';

const FACILITY = choice(
  'LOG_MAIL',
  'LOG_AUTH',
  'LOG_AUTHPRIV',
  'LOG_CRON',
  'LOG_DAEMON',
  'LOG_FTP',
  'LOG_LPR',
  'LOG_NEWS',
  'LOG_SYSLOG',
  'LOG_USER',
  'LOG_UUCP',
  'LOG_LOCAL0',
  'LOG_LOCAL1',
  'LOG_LOCAL2',
  'LOG_LOCAL3',
  'LOG_LOCAL4',
  'LOG_LOCAL5',
  'LOG_LOCAL6',
  'LOG_LOCAL7',
);
const PRIORITY = choice(
  'LOG_EMERG',
  'LOG_ALERT',
  'LOG_CRIT',
  'LOG_ERR',
  'LOG_WARNING',
  'LOG_NOTICE',
  'LOG_INFO',
  'LOG_DEBUG',
);

/** What is written down, where and how. */
export interface LogConfig {
  readonly logLevel: 'error' | 'warn' | 'info' | 'debug';
  readonly logFormat: 'auto' | 'json' | 'pretty';
  /** By its name in syslog(3). */
  readonly syslogFacility: string;
  /** By its name in syslog(3). */
  readonly syslogPrioritymask: string;
  readonly protocolLogFilename: string;
}

/** @see LogConfig */
export const LOG_DIRECTIVES: DirectivesFor<LogConfig> = {
  logLevel: {
    name: 'log_level',
    kind: choice('error', 'warn', 'info', 'debug'),
    fallback: 'info',
    doc: 'The least important messages that are still logged.',
    since: '2.0',
  },
  logFormat: {
    name: 'log_format',
    kind: choice('auto', 'json', 'pretty'),
    fallback: 'auto',
    doc:
      'How messages are written to standard error: one JSON object a line, or text for people. ' +
      'With auto, text on a terminal only.',
    since: '2.0',
  },
  syslogFacility: {
    name: 'syslog_facility',
    kind: FACILITY,
    fallback: 'LOG_MAIL',
    doc: 'The facility of all messages to syslog, as in syslog(3). A process in the foreground writes none.',
    since: 'classic',
  },
  syslogPrioritymask: {
    name: 'syslog_prioritymask',
    kind: PRIORITY,
    fallback: 'LOG_DEBUG',
    doc: 'The least important messages that still go to syslog, as in syslog(3).',
    since: 'classic',
  },
  protocolLogFilename: {
    name: 'protocol_log_filename',
    kind: text('a path to a file'),
    fallback: '/var/log/imapproxy_protocol.log',
    doc: 'The file that takes the conversation of a user who is being traced.',
    since: 'classic',
  },
};
