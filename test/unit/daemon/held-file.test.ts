import { renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { HeldFile } from '../../../src/daemon/held-file.ts';
import { TempDirectory } from '../../support/temp-directory.ts';

let path: string;
let file: HeldFile;

beforeEach(() => {
  const directory = new TempDirectory('held-file');
  path = join(directory.path, 'imapproxy.conf');
  writeFileSync(path, 'listen_port 143\n');
  file = new HeldFile(path);
  onTestFinished(() => {
    file.close();
    directory.remove();
  });
});

describe('HeldFile', () => {
  it.each([true, false])(
    'reads again what was written over it, with the root changed: %s',
    (isRootChanged) => {
      expect(String(file.read(isRootChanged))).toBe('listen_port 143\n');
      writeFileSync(path, 'listen_port 1143\n# changed\n');
      expect(String(file.read(isRootChanged))).toBe('listen_port 1143\n# changed\n');
      writeFileSync(path, '');
      expect(String(file.read(isRootChanged))).toBe('');
    },
  );

  it('means the same file by a relative path when the working directory has changed', () => {
    const relative = new HeldFile(join('.', 'package.json'));
    relative.close();

    expect(relative.path).toBe(join(process.cwd(), 'package.json'));
  });

  it('reads another file of its name, where it can', () => {
    replace();

    expect(String(file.read(false))).toBe('listen_port 1143\n');
  });

  it('says that it cannot read another file of its name after a change of root directory', () => {
    replace();

    expect(() => file.read(true)).toThrow(`Cannot read ${path}: another file has its name by now`);
  });

  it('says so when the file is gone', () => {
    unlinkSync(path);

    expect(() => file.read(false)).toThrow('ENOENT');
    expect(() => file.read(true)).toThrow(`Cannot read ${path}`);
  });
});

/** As most editors and configuration management write files. */
function replace(): void {
  writeFileSync(`${path}.new`, 'listen_port 1143\n');
  renameSync(`${path}.new`, path);
}
