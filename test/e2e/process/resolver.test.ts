import { expect, it } from 'vitest';
import { describeAsRoot } from '../../support/as-root.ts';
import { runProgram } from '../../support/run-program.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { program } from './program.ts';

describeAsRoot('A name of /etc/hosts', () => {
  it('keeps its addresses in a root directory without that file', async () => {
    using jail = new TempDirectory('jail');

    const output = await runProgram(...program('resolver', jail.path));

    expect(JSON.parse(String(output))).toEqual(['127.0.0.1']);
  });
});
