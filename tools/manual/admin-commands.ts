import { ADMIN_COMMANDS } from '../../src/session/admin-commands.ts';
import { entry, paragraph, sectionOf } from './blocks.ts';
import { bold, italic } from './roff.ts';

interface Meaning {
  readonly argument?: string;
  readonly text: string;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  XPROXY_VERSION: { text: 'Tell the version of the classic daemon, `1.2.8 [SVN]`, which scripts compare.' },
  XPROXY_DUMPICC: {
    text: 'List the server connections: a number, the user, and `Active` or `Cached` (parked).',
  },
  XPROXY_RESETCOUNTERS: { text: 'Let peaks and totals begin at 0 again; see pimpstat(8).' },
  XPROXY_TRACE: {
    argument: 'USER',
    text: `Write what the sessions of this user say and hear, from the next login on, to the file of
protocol_log_filename. One user is traced at a time; without a name tracing ends.`,
  },
  XPROXY_NEWLOG: { text: 'Empty that file.' },
};

/**
 * The section ADMINISTRATION: the commands that clients in `admin_networks` may give.
 *
 * @throws Error when one of them has no meaning here.
 */
export function adminCommands(): string {
  return sectionOf(
    'ADMINISTRATION',
    paragraph(
      `With enable_admin_commands, a client in admin_networks that has not logged in may give these commands, each behind
a tag as any IMAP command.`,
    ),
    ...[...ADMIN_COMMANDS].map(commandEntry),
  );
}

function commandEntry(name: string): string {
  const meaning = MEANINGS[name];
  if (meaning === undefined) throw new Error(`Cannot describe ${name}: expected its meaning`);
  const { argument, text } = meaning;
  return entry(bold(name) + (argument === undefined ? '' : ` [${italic(argument)}]`), text);
}
