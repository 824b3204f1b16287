import { USAGE } from '../../src/cli/argv.ts';
import { DEFAULT_CONFIG_FILE } from '../../src/cli/options.ts';
import { DIRECTIVES } from '../../src/config/directives.ts';
import { adminCommands } from './admin-commands.ts';
import { bullet, entry, example, page, paragraph, sectionOf, seeAlso } from './blocks.ts';
import { type ExitName, exitStatus } from './exit-status.ts';
import { bold } from './roff.ts';
import { optionList, synopsis } from './usage.ts';

const DESCRIPTION = [
  `\`imapproxyd\` keeps authenticated connections to an IMAP server when clients log out, and gives each to the next login
of the same user with the same password. Clients that log in for every click, such as webmail, then cost the server
a login now and then. A connection is used again only after a reset that the server has confirmed; in doubt it is
closed. A wrong password is always put to the server.`,
  `It replaces SquirrelMail's IMAP Proxy 1.2.8, the classic daemon, with the same configuration file and the same
options.`,
  `The program detaches from the terminal and ends with 0 once the daemon accepts clients, or with another status when
that fails. In the foreground (\`--foreground\`, foreground_mode) it is the daemon itself. The server need not be there:
logins are refused until it answers.`,
];

const OPTION_MEANINGS = {
  config: 'Read the configuration from this file; see imapproxy.conf(5).',
  'pid-file':
    'Write the process id to this file. In the foreground that is done only when the option is given.',
  foreground: 'Stay in the foreground and log to standard error, whatever foreground_mode says.',
  'check-config': `Print every error and warning in the configuration with its file and line, and stop. The exit status
is 78 when there is an error, else 0.`,
  explain: `Print every directive with its value, where that comes from and what it is about, and stop. Secrets are not
shown; errors and warnings go to standard error. The exit status is 78 when there is an error, else 0.`,
  help: 'Print a summary of the options, and stop.',
  version: 'Print the version, and stop.',
};

const SIGNALS = {
  'SIGTERM, SIGINT': `Stop. No more clients are accepted, parked connections are sent LOGOUT, and running sessions may go
on for drain_timeout.`,
  SIGHUP: `Read the configuration again. It is in force for new sessions; running ones keep what they have. A file with an
error changes nothing. The log names the directives that need a restart. The file of protocol_log_filename is opened
anew, for programs that rotate it.`,
};

const HELD_FILE = `A configuration file that only root may read, or that lies outside chroot_directory, can be read again only
where it was changed in place; the log says so when a restart is needed.`;

const EXIT_MEANINGS: Readonly<Record<ExitName, string>> = {
  stopped: 'Stopped as asked, serving in the background, or done with what an option asked for.',
  couldNotStart:
    'Could not start: a port, a file, a user or a certificate cannot be used. Standard error or the log says which.',
  usage: 'The command line is wrong.',
  software: 'A bug of this program; the log line is worth a report.',
  config: 'The configuration is wrong or cannot be read.',
};

const ENVIRONMENT = {
  'NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID': `Set by systemd, which is told of readiness, reloads, stopping and, twice in
each interval of its watchdog, that the daemon is alive; see sd_notify(3).`,
};

const FILES = {
  [DEFAULT_CONFIG_FILE]: 'The configuration.',
  '/run/imapproxy.pid': `The process id. The file is locked while the daemon runs, so that it runs once, and removed at its end.
A daemon whose file is removed stops.`,
  [DIRECTIVES.statFilename.fallback]: 'The statistics for pimpstat(8), written every second (stat_filename).',
  [DIRECTIVES.protocolLogFilename.fallback]:
    'The conversation of a user who is traced (protocol_log_filename).',
};

const LOG = [
  `In the foreground the log goes to standard error, as log_format says; in the background to syslog(3) under the name
\`in.imapproxyd\`, as syslog_facility and syslog_prioritymask say. How much is logged, log_level says. Each event is
one line. Passwords are in none, and user names are escaped, so that no client can forge a line.`,
  `Warnings and errors of the start are printed where the program was started as well.`,
];

const KOFFI = `When the npm package koffi cannot be loaded, the log goes to standard error in the background too, the pid file
is not locked, systemd is not notified and chroot_directory is refused. A warning says so.`;

const SECURITY = [
  `Started by root, the daemon opens its port and its files, enters chroot_directory and becomes proc_username and
proc_groupname before it reads anything that a client or the server has sent. It refuses to serve as root unless
run_as_root is yes.`,
  `Connections of clients are not encrypted: listen on a loopback address (listen_address), or in a network that
nobody else can read.`,
  `Where the server is on another machine, set server_tls to \`starttls\` or \`implicit\` and leave tls_verify_server at
\`yes\`.`,
  `Passwords of clients are written to no file. Credentials never go in clear to a server that says LOGINDISABLED.`,
  `The file of protocol_log_filename holds mail of the user who is traced. It is readable by the daemon's user alone,
and credentials in it are masked.`,
];

/** imapproxyd(8) */
export function imapproxydManual(): string {
  return page(
    { name: 'imapproxyd', section: 8, summary: 'caching IMAP proxy' },
    synopsis(USAGE),
    sectionOf('DESCRIPTION', ...DESCRIPTION.map(paragraph)),
    optionList(USAGE, OPTION_MEANINGS),
    sectionOf('SIGNALS', ...terms(SIGNALS), paragraph(HELD_FILE)),
    adminCommands(),
    exitStatus(EXIT_MEANINGS),
    sectionOf('ENVIRONMENT', ...terms(ENVIRONMENT)),
    sectionOf('FILES', ...terms(FILES)),
    sectionOf('LOG', ...LOG.map(paragraph)),
    sectionOf('SECURITY', ...SECURITY.map(bullet)),
    sectionOf('NOTES', paragraph(KOFFI)),
    sectionOf(
      'EXAMPLES',
      paragraph('Check a changed configuration, then let the daemon read it:'),
      example('imapproxyd --check-config && kill -HUP "$(cat /run/imapproxy.pid)"'),
      paragraph('Serve in the foreground on the configuration of a test:'),
      example('imapproxyd --foreground -f ./imapproxy.conf'),
    ),
    seeAlso('pimpstat(8)', 'imapproxy.conf(5)', 'sd_notify(3)', 'syslog(3)'),
  );
}

function terms(meanings: Readonly<Record<string, string>>): string[] {
  return Object.entries(meanings).map(([names, meaning]) =>
    entry(names.split(', ').map(bold).join(', '), meaning),
  );
}
