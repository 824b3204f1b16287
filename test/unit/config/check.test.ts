import { describe, expect, it } from 'vitest';
import { checkReport } from '../../../src/config/check.ts';
import { readConfig } from '../../../src/config/load.ts';

const report = (text: string) => checkReport(readConfig('f', text));

describe('checkReport', () => {
  it('says how much is set when there is no finding', () => {
    expect(report('listen_port 0\ncache_size 5\n')).toEqual({
      isValid: true,
      text: 'f: configuration is valid (2 directives set, 0 warnings)\n',
    });
  });

  it('prints warnings and is content', () => {
    expect(report('listen_port 0\nnonsense 1\n')).toEqual({
      isValid: true,
      text:
        'f:2: warning: nonsense: unknown directive, ignored\n' +
        'f: configuration is valid (1 directive set, 1 warning)\n',
    });
  });

  it('prints all findings and is not content when one is an error', () => {
    expect(report('listen_port 0\nnonsense 1\ndns_rr on\n')).toEqual({
      isValid: false,
      text: "f:2: warning: nonsense: unknown directive, ignored\nf:3: error: dns_rr: expected yes or no, not 'on'\n",
    });
  });
});
