import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkReport } from '../../../src/config/check.ts';
import { KEYS_BY_NAME } from '../../../src/config/directives.ts';
import { explain } from '../../../src/config/explain.ts';
import { formatFinding } from '../../../src/config/finding.ts';
import { readConfig } from '../../../src/config/load.ts';
import { parseConfig } from '../../../src/config/parse.ts';

const MACHINE = { hostname: 'gate', addresses: [] };
const names = fc.constantFrom(...KEYS_BY_NAME.keys());

/** Text that looks enough like a configuration to get past the first check. */
const likely = fc
  .array(
    fc.tuple(fc.oneof(names, fc.string()), fc.constantFrom(' ', '\t', '=', '', '\n', '\r', '#'), fc.string()),
  )
  .map((lines) => lines.map((line) => line.join('')).join('\n'));

const anyText = fc.oneof(fc.string({ unit: 'binary' }), fc.uint8Array({ maxLength: 200 }), likely);

/** Lines that say nothing, in Latin-1 so that comments hold any octet but LF and NUL. */
const idle = fc.oneof(
  fc.constantFrom('', ' ', '\t '),
  fc
    .string({
      unit: fc
        .integer({ min: 1, max: 255 })
        .filter((octet) => octet !== 0x0a)
        .map(String.fromCharCode),
    })
    .map((comment) => ` #${comment}`),
);
/** Lines with exactly one finding each, however often they come. */
const faulty = fc.constantFrom('nonsense 1', 'lonely', 'server_hostname \u0007', 'cache_size=1');
const mixed = fc.array(fc.oneof(idle, faulty), { maxLength: 15 });

describe('configuration text', () => {
  it('never makes reading, checking or explaining throw', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const resolution = readConfig('f', text, MACHINE);
        expect(checkReport(resolution).text).toMatch(/\n$/);
        expect(explain(resolution)).toMatch(/\n$/);
      }),
    );
  });

  it('gives findings that name a line of the file and print on one line', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const octets = typeof text === 'string' ? Buffer.from(text) : text;
        const lines = octets.filter((octet) => octet === 0x0a).length + 1;
        for (const finding of readConfig('f', text, MACHINE).findings) {
          expect(finding.line ?? 1).toBeGreaterThanOrEqual(1);
          expect(finding.line ?? 1).toBeLessThanOrEqual(lines);
          expect(formatFinding(finding)).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });

  it('is read the same as text and as octets', () => {
    fc.assert(
      fc.property(likely, (text) => {
        expect(parseConfig('f', text)).toEqual(parseConfig('f', new Uint8Array(Buffer.from(text))));
      }),
    );
  });

  it('keeps the line number of each finding when comments and blank lines come between', () => {
    fc.assert(
      fc.property(mixed, mixed, fc.constantFrom('\n', '\r\n'), (before, after, end) => {
        const lines = ['listen_port 0', ...before, 'cache_size x', ...after];
        const { findings } = readConfig('f', Buffer.from(lines.join(end), 'latin1'), MACHINE);
        const expected = lines.flatMap((line, index) =>
          /^[a-z]/.test(line) && index > 0 ? [index + 1] : [],
        );
        expect(findings.map(({ line }) => line)).toEqual(expected);
      }),
    );
  });

  it('never brings a secret into a finding or an explanation', () => {
    const directive = fc.constantFrom('auth_shared_secret', 'auth_sasl_plain_password');
    const separator = fc.constantFrom(' ', '\t', '=', ':', ' = ', '= ', '"', '\u0007', '\r');
    const secret = fc.string().map((text) => `Hunter2${text}`);
    fc.assert(
      fc.property(directive, separator, secret, (name, between, value) => {
        const resolution = readConfig('f', `${name}${between}${value}`, MACHINE);
        expect(checkReport(resolution).text).not.toMatch(/hunter2/i);
        expect(explain(resolution)).not.toMatch(/hunter2/i);
      }),
    );
  });
});
