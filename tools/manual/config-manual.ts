import { DEFAULT_CONFIG_FILE } from '../../src/cli/options.ts';
import { type Config, DIRECTIVES, THEMES } from '../../src/config/directives.ts';
import { bullet, entry, example, page, paragraph, sectionOf, seeAlso, subsection } from './blocks.ts';
import { GRAMMAR_RULES, VALUE_SPELLINGS } from './config-grammar.ts';
import { directiveFacts } from './directive-facts.ts';
import { bold } from './roff.ts';

const DESCRIPTION = [
  `imapproxyd(8) reads this file at the start and on SIGHUP; pimpstat(8) reads stat_filename and
enable_select_cache in it. It is the file of the classic daemon, imapproxyd 1.2.8.`,
  `\`imapproxyd --check-config\` names everything that is wrong, with file and line. \`imapproxyd --explain\` prints
every directive with its value and where the value comes from.`,
];

const EXAMPLE = [
  'server_hostname   imap.example.org',
  'server_port       993',
  'listen_address    127.0.0.1',
  'listen_port       1143',
];

/** imapproxy.conf(5): the grammar and every directive, by theme. */
export function configManual(): string {
  const summary = 'configuration of imapproxyd';
  const themes = THEMES.map(({ title, keys }) => subsection(title, ...keys.map(directive)));
  return page(
    { name: 'imapproxy.conf', section: 5, summary },
    sectionOf('SYNOPSIS', bold(DEFAULT_CONFIG_FILE)),
    sectionOf('DESCRIPTION', ...DESCRIPTION.map(paragraph)),
    sectionOf('GRAMMAR', ...GRAMMAR_RULES.map(bullet), paragraph(VALUE_SPELLINGS)),
    sectionOf('DIRECTIVES', ...themes),
    sectionOf(
      'SECURITY',
      paragraph(
        `A file that sets auth_sasl_plain_password or auth_shared_secret should be readable by root alone. The daemon
opens it before it becomes proc_username.`,
      ),
    ),
    sectionOf(
      'EXAMPLES',
      paragraph(
        'For clients on the same machine; the server is reached by TLS, and its certificate is checked:',
      ),
      example(...EXAMPLE),
    ),
    seeAlso('imapproxyd(8)', 'pimpstat(8)', 'ciphers(1)', 'syslog(3)'),
  );
}

function directive(key: keyof Config): string {
  const { name, doc } = DIRECTIVES[key];
  return entry(bold(name), doc, directiveFacts(key));
}
