import { DEFAULT_CONFIG_FILE } from '../../src/cli/options.ts';
import { PIMPSTAT_USAGE } from '../../src/cli/pimpstat-argv.ts';
import { classicReport } from '../../src/cli/statistics-report.ts';
import { DIRECTIVES } from '../../src/config/directives.ts';
import type { CounterName, Statistics } from '../../src/observe/statistics.ts';
import { entry, example, page, paragraph, sectionOf, seeAlso } from './blocks.ts';
import { exitStatus } from './exit-status.ts';
import { bold } from './roff.ts';
import { optionList, synopsis } from './usage.ts';

const DESCRIPTION = [
  `\`pimpstat\` shows the statistics of a running imapproxyd(8). They stand in the file that stat_filename names, which
the daemon writes every second; the file of the classic daemon can be read as well.`,
  `Without \`-c\` and \`--json\` it fills the terminal and refreshes every second: the counters, how much the totals grow
each second at present, and logins, reuses and clients over the last five minutes. \`q\` and Ctrl-C end it, Ctrl-Z
suspends it. A line below the title warns when the file cannot be read, when it has not been refreshed for more than
five seconds (STALE), and when the daemon has begun anew within the last minute (RESTARTED).`,
];

const OPTION_MEANINGS = {
  config: 'Read the name of the stat file from this configuration file.',
  counters: 'Print the counters once, one in each line, in the words of the classic program.',
  json: 'Print everything once, as a JSON object in one line.',
  help: 'Print a summary of the options, and stop.',
  version: 'Print the version, and stop.',
};

/** What is counted, in the order of `pimpstat -c`; what that does not print comes last. */
const COUNTER_MEANINGS: Readonly<Record<CounterName, string>> = {
  clientsNow: 'Clients that are connected.',
  clientsPeak: 'The most of these at the same time.',
  connectionsInUse: 'Server connections that a session uses, or that are being reset after one.',
  connectionsInUsePeak: 'The most of these at the same time.',
  connectionsParked:
    'Server connections that are parked. One that a login has reserved is among them until the first command of that session.',
  connectionsParkedPeak: 'The most of these at the same time.',
  clientsAccepted: 'Clients that have connected.',
  logins: 'Client logins that were answered with OK.',
  connectionsReused: 'Client logins that needed none at the server, because a parked connection was there.',
  connectionsCreated: 'Logins at the server that were answered with OK.',
  selectHits: 'SELECT commands that were answered from memory; 0 without enable_select_cache.',
  selectMisses: 'SELECT commands that the SELECT cache could not answer.',
  selects: 'SELECT commands that the SELECT cache has looked at.',
};

const OTHER_FIELDS = {
  statFile: 'The path of the stat file.',
  refreshedAt: 'When the stat file was last written. A classic daemon leaves that time mostly as it is.',
  startTime: 'When the daemon started.',
  countTime: 'When peaks and totals last began at 0.',
  loginRatio: 'Client logins for each login at the server; null before the first of these.',
};

/** pimpstat(8) */
export function pimpstatManual(): string {
  const summary = 'statistics of imapproxyd';
  return page(
    { name: 'pimpstat', section: 8, summary },
    synopsis(PIMPSTAT_USAGE),
    sectionOf('DESCRIPTION', ...DESCRIPTION.map(paragraph)),
    optionList(PIMPSTAT_USAGE, OPTION_MEANINGS),
    sectionOf(
      'COUNTERS',
      paragraph('Each by its words in the output of `-c` and by its name in that of `--json`.'),
      ...counterEntries(),
      paragraph(
        `Peaks and totals begin at 0 when the daemon starts, and again by XPROXY_RESETCOUNTERS, which leaves the numbers of
the SELECT cache alone; see imapproxyd(8). The stat file holds 32 bits of each: a total beyond 4294967295 goes on from 0.`,
      ),
    ),
    sectionOf(
      'JSON',
      paragraph('Beside the counters the object has these fields; times are in ISO 8601.'),
      ...Object.entries(OTHER_FIELDS).map(([name, meaning]) => entry(bold(name), meaning)),
    ),
    exitStatus({
      stopped: 'Printed what was asked for, or the live screen was left.',
      couldNotStart:
        'The configuration or the stat file cannot be read, or there is no terminal for the live screen.',
      usage: 'The command line is wrong.',
    }),
    sectionOf(
      'FILES',
      entry(bold(DEFAULT_CONFIG_FILE), 'The configuration; see imapproxy.conf(5).'),
      entry(bold(DIRECTIVES.statFilename.fallback), 'The stat file, unless stat_filename names another one.'),
    ),
    sectionOf(
      'EXAMPLES',
      paragraph('How many logins the proxy saves:'),
      example('pimpstat --json | jq .loginRatio'),
    ),
    seeAlso('imapproxyd(8)', 'imapproxy.conf(5)'),
  );
}

function counterEntries(): string[] {
  const labels = classicLabels();
  return Object.entries(COUNTER_MEANINGS).map(([name, meaning]) => {
    const label = labels.get(name);
    return entry(
      [label, name]
        .filter((part) => part !== undefined)
        .map(bold)
        .join(', '),
      meaning,
    );
  });
}

/** The words of `pimpstat -c` by the counter that stands beside them: seen by printing another number for each. */
function classicLabels(): Map<string | undefined, string> {
  const names = Object.keys(COUNTER_MEANINGS);
  const numbers = Object.fromEntries(names.map((name, number) => [name, number])) as Record<
    CounterName,
    number
  >;
  const epoch = new Date(0);
  const statistics: Statistics = { startTime: epoch, countTime: epoch, ...numbers };
  const lines = classicReport(statistics).matchAll(/^ (\d+) (.+)$/gm);
  return new Map([...lines].map(([, number, label = '']) => [names[Number(number)], label]));
}
