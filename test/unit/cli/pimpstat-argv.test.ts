import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/cli/options.ts';
import { PIMPSTAT_USAGE, parsePimpstatInvocation } from '../../../src/cli/pimpstat-argv.ts';

describe('parsePimpstatInvocation', () => {
  it.each([
    [[], { name: 'live', configFile: '/etc/imapproxy.conf' }],
    [['-f', 'c'], { name: 'live', configFile: 'c' }],
    [['--config=c'], { name: 'live', configFile: 'c' }],
    [['-c'], { name: 'counters', configFile: '/etc/imapproxy.conf' }],
    [['-cf', 'c'], { name: 'counters', configFile: 'c' }],
    [['-f', 'x', '--counters', '-f', 'c'], { name: 'counters', configFile: 'c' }],
    [['--json', '-fc'], { name: 'json', configFile: 'c' }],
    [['-h', '-c'], { name: 'help' }],
    [['--help', '-V'], { name: 'help' }],
    [['-V'], { name: 'version' }],
    [['--version', '--json'], { name: 'version' }],
  ])('understands %j', (args, invocation) => {
    expect(parsePimpstatInvocation(args)).toEqual(invocation);
  });

  it.each([
    [['-x']],
    [['-f']],
    [['-f', '']],
    [['--json=yes']],
    [['-c', '--json']],
    [['word']],
    [['-p', 'pid']],
  ])('refuses %j', (args) => {
    expect(() => parsePimpstatInvocation(args)).toThrow(UsageError);
    expect(() => parsePimpstatInvocation(args)).toThrow(/^Cannot .*[^.]$/);
  });
});

describe('PIMPSTAT_USAGE', () => {
  it.each(['-f', '-c', '-h', '-V', '--config', '--counters', '--json', '--help', '--version'])(
    'lists %s',
    (option) => {
      expect(PIMPSTAT_USAGE).toContain(option);
    },
  );
});
