import { describe, expect, it } from 'vitest';
import { USAGE } from '../../../src/cli/argv.ts';
import { EXIT_CODES } from '../../../src/cli/exit-codes.ts';
import { PIMPSTAT_USAGE } from '../../../src/cli/pimpstat-argv.ts';
import { classicReport, jsonReport } from '../../../src/cli/statistics-report.ts';
import { CONFIG_KEYS, DIRECTIVES } from '../../../src/config/directives.ts';
import { ADMIN_COMMANDS } from '../../../src/session/admin-commands.ts';
import { GENERATED_FILES } from '../../../tools/generate-docs.ts';
import { configManual } from '../../../tools/manual/config-manual.ts';
import { imapproxydManual } from '../../../tools/manual/imapproxyd-manual.ts';
import { pimpstatManual } from '../../../tools/manual/pimpstat-manual.ts';
import { escaped, macro, textLine } from '../../../tools/manual/roff.ts';
import { optionList, synopsis } from '../../../tools/manual/usage.ts';
import { statistics } from '../../support/statistics.ts';

/** The terms that `page` explains, as plain text: one for each name before a comma. */
function termsIn(page: string): string[] {
  const terms = [...page.matchAll(/^\.TP\n(.+)$/gm)].map(([, term = '']) => term);
  return terms.flatMap((term) =>
    term
      .replaceAll(/\\f[BIR]/g, '')
      .replaceAll('\\-', '-')
      .split(', '),
  );
}

/** Every spelling of every option, with its value: `-f FILE` is written once, behind the long one. */
function optionsIn(usage: string): string[] {
  return [...usage.matchAll(/^ +(?:(-\w), )?(--[\w-]+(?: [A-Z]+)?)/gm)].flatMap(([, short, long = '']) =>
    short === undefined ? [long] : [short, long],
  );
}

describe('The manual pages', () => {
  it('are made with the other generated files', () => {
    expect([...GENERATED_FILES.keys()]).toEqual(
      expect.arrayContaining(['man/imapproxyd.8', 'man/pimpstat.8', 'man/imapproxy.conf.5']),
    );
  });

  it.each([configManual, imapproxydManual, pimpstatManual])(
    'hold no control character and nothing but ASCII: %o',
    (render) => {
      expect(render()).toMatch(/^[\n -~]+\n$/);
    },
  );
});

describe('imapproxy.conf(5)', () => {
  it('explains every directive once, in the order of the table', () => {
    expect(termsIn(configManual())).toEqual(CONFIG_KEYS.map((key) => DIRECTIVES[key].name));
  });
});

describe('imapproxyd(8)', () => {
  it('explains every option, exit code and XPROXY_ command', () => {
    expect(termsIn(imapproxydManual())).toEqual(
      expect.arrayContaining([
        ...optionsIn(USAGE),
        ...Object.values(EXIT_CODES).map(String),
        ...[...ADMIN_COMMANDS].map((name) => (name === 'XPROXY_TRACE' ? `${name} [USER]` : name)),
      ]),
    );
  });
});

describe('pimpstat(8)', () => {
  const terms = termsIn(pimpstatManual());

  it('explains every option', () => {
    expect(terms).toEqual(expect.arrayContaining(optionsIn(PIMPSTAT_USAGE)));
  });

  it('explains the counters by the words of `pimpstat -c`, in its order', () => {
    const labels = [...classicReport(statistics()).matchAll(/\d+ (.+)/g)].map(([, label = '']) => label);
    expect(labels).toHaveLength(12);
    expect(terms.filter((term) => labels.includes(term))).toEqual(labels);
  });

  it('explains every field of `pimpstat --json`', () => {
    const refreshedAt = new Date(0);
    const report: object = JSON.parse(jsonReport('f', { statistics: statistics(), refreshedAt }));
    expect(terms).toEqual(expect.arrayContaining(Object.keys(report)));
  });

  it('puts words and field of a counter together', () => {
    expect(pimpstatManual()).toContain('\n\\fBTotal Reused Connections\\fR, \\fBconnectionsReused\\fR\n');
  });
});

describe('roff', () => {
  it.each([
    ['a\\b', 'a\\(rsb'],
    ['--json', '\\-\\-json'],
    [`it's`, 'it\\(aqs'],
    ['say "yes"', 'say \\(dqyes\\(dq'],
    ['`a` ^ ~', '\\(gaa\\(ga \\(ha \\(ti'],
    ['é – 😀', '\\[u00E9] \\[u2013] \\[u1F600]'],
  ])('escapes %s', (text, expected) => {
    expect(escaped(text)).toBe(expected);
  });

  it('lets no line of text be a request', () => {
    expect(textLine(escaped('.so /etc/passwd'))).toBe('\\&.so /etc/passwd');
    expect(textLine(escaped("'so /etc/passwd"))).toMatch(/^\\/);
  });

  it('keeps an argument with blanks, or with nothing in it, in one piece', () => {
    expect(macro('TH', 'NAME', '', 'a "b"')).toBe('.TH NAME "" "a \\(dqb\\(dq"');
  });
});

describe('Options out of a usage text', () => {
  const usage =
    'Usage: it [-f FILE] | -x\n\n  -f, --file FILE  what to read (a.conf)\n      --go         go on\n';

  it('become a synopsis', () => {
    expect(synopsis(usage)).toBe('.SH SYNOPSIS\n\\fBit\\fR [\\fB\\-f\\fR \\fIFILE\\fR] | \\fB\\-x\\fR');
  });

  it('become entries with their meaning and default', () => {
    expect(optionList(usage, { file: 'Read it.', go: 'Go on.' })).toBe(
      '.SH OPTIONS\n' +
        '.TP\n\\fB\\-f\\fR, \\fB\\-\\-file\\fR \\fIFILE\\fR\nRead it.\n.br\nDefault: \\fBa.conf\\fR\n' +
        '.TP\n\\fB\\-\\-go\\fR\nGo on.',
    );
  });

  it('are refused when one has no meaning, or a meaning no option', () => {
    expect(() => optionList(usage, { file: 'Read it.' })).toThrow('Cannot describe --go');
    expect(() => optionList(usage, { file: 'Read it.', go: 'Go on.', stop: 'Stop.' })).toThrow(
      'Cannot describe --stop',
    );
  });
});
