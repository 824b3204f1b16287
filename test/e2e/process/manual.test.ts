import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { USAGE } from '../../../src/cli/argv.ts';
import { PIMPSTAT_USAGE } from '../../../src/cli/pimpstat-argv.ts';
import { CONFIG_KEYS, DIRECTIVES } from '../../../src/config/directives.ts';
import { example, page, sectionOf } from '../../../tools/manual/blocks.ts';
import { tryProgram } from '../../support/run-program.ts';
import { describeWith } from '../../support/system-packages.ts';
import { TempDirectory } from '../../support/temp-directory.ts';

const PAGES = join(import.meta.dirname, '../../../man');

/** A terminal of 80 columns that shows UTF-8, for every machine. */
const ENVIRONMENT = ['LC_ALL=C.UTF-8', 'MANWIDTH=80', 'MANROFFSEQ='];

const directives = CONFIG_KEYS.map((key) => DIRECTIVES[key].name);

describeWith(['man-db'], 'man(1)', () => {
  it.each([
    ['imapproxyd.8', optionsIn(USAGE)],
    ['pimpstat.8', optionsIn(PIMPSTAT_USAGE)],
    ['imapproxy.conf.5', directives],
  ])('shows %s without a warning, with everything that it explains', async (file, names) => {
    const shown = await rendered(join(PAGES, file));

    // Alone in its line or with its explanation behind it, as man sets the term of an entry.
    const terms = new Set(
      [...shown.matchAll(/^ {7}(\S.*)$/gm)].flatMap(([, line = '']) => line.split(/,? +/)),
    );
    expect(names.filter((name) => !terms.has(name))).toEqual([]);
    expect(names.length).toBeGreaterThan(8);
  });

  it('shows every character as it was written', async () => {
    const lines = ['.so no/such/file', '\'quoted\' "quoted"', '\\fB --long-option ~/`a`^', 'é – €'];
    using directory = new TempDirectory('manual');
    const file = join(directory.path, 'sample.8');
    const title = { name: 'sample', section: 8, summary: 'a page' };
    writeFileSync(file, page(title, sectionOf('EXAMPLES', example(...lines))));

    const shown = await rendered(file);

    expect(shown.split('\n').map((line) => line.trim())).toEqual(expect.arrayContaining(lines));
  });
});

function optionsIn(usage: string): string[] {
  return [...usage.matchAll(/^ +(?:(-\w), )?(--[\w-]+)/gm)].flatMap(([, ...spellings]) =>
    spellings.filter((spelling) => spelling !== undefined),
  );
}

/** What man shows of the page in `file`; it has nothing to complain of. */
async function rendered(file: string): Promise<string> {
  const man = ['man', '--warnings=w', '-E', 'UTF-8', '-l', file];
  const { exitCode, stdout, stderr } = await tryProgram('env', [...ENVIRONMENT, ...man]);
  expect({ exitCode, stderr: stderr.toString() }).toEqual({ exitCode: 0, stderr: '' });
  return stdout.toString();
}
