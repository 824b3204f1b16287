import { describe, expect, it } from 'vitest';
import { formatFinding } from '../../../src/config/finding.ts';
import { readConfig } from '../../../src/config/load.ts';

const BASE = 'listen_port 0\n';

function findingsOf(text: string): string[] {
  return readConfig('f', BASE + text).findings.map(formatFinding);
}

describe('the three directives of the shared secret', () => {
  it('are fine together', () => {
    const text = 'auth_sasl_plain_username a\nauth_sasl_plain_password b\nauth_shared_secret c\n';
    expect(findingsOf(text)).toEqual([]);
  });

  it('are each an error where another is missing, at their own line', () => {
    expect(findingsOf('auth_sasl_plain_username a\nauth_shared_secret c\n')).toEqual([
      'f:2: error: auth_sasl_plain_username: works only together with auth_sasl_plain_password',
      'f:3: error: auth_shared_secret: works only together with auth_sasl_plain_password',
    ]);
  });
});
