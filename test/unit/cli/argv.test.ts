import { describe, expect, it } from 'vitest';
import { parseInvocation, USAGE } from '../../../src/cli/argv.ts';
import { EXIT_CODES } from '../../../src/cli/exit-codes.ts';
import { UsageError } from '../../../src/cli/options.ts';

describe('parseInvocation', () => {
  it('serves with the files of the classic daemon when nothing is asked for', () => {
    expect(parseInvocation([])).toEqual({
      name: 'serve',
      configFile: '/etc/imapproxy.conf',
      pidFile: '/run/imapproxy.pid',
      isPidFileGiven: false,
      staysInForeground: false,
    });
  });

  it.each([
    [['-f', 'c', '-p', 'p']],
    [['-fc', '-pp']],
    [['--config', 'c', '--pid-file=p']],
    [['-f', 'x', '-p', 'p', '-f', 'c']],
  ])('takes files from %j', (args) => {
    expect(parseInvocation(args)).toEqual({
      name: 'serve',
      configFile: 'c',
      pidFile: 'p',
      isPidFileGiven: true,
      staysInForeground: false,
    });
  });

  it('stays in the foreground when it is told to', () => {
    expect(parseInvocation(['--foreground'])).toMatchObject({ staysInForeground: true });
  });

  it('remembers that a pid file was given, even when it is the default one', () => {
    expect(parseInvocation(['-p', '/run/imapproxy.pid'])).toMatchObject({ isPidFileGiven: true });
  });

  it.each([
    [['--check-config', '-f', 'c'], { name: 'check-config', configFile: 'c' }],
    [['--explain'], { name: 'explain', configFile: '/etc/imapproxy.conf' }],
    [['-h'], { name: 'help' }],
    [['--help', '-V'], { name: 'help' }],
    [['-V'], { name: 'version' }],
    [['--version', '--explain'], { name: 'version' }],
  ])('understands %j', (args, invocation) => {
    expect(parseInvocation(args)).toEqual(invocation);
  });

  it.each([
    [['-x']],
    [['--nonsense']],
    [['-f']],
    [['-f', '-p', 'x']],
    [['-f', '']],
    [['--pid-file=']],
    [['--explain=yes']],
    [['word']],
    [['--', 'word']],
    [['--check-config', '--explain']],
  ])('refuses %j', (args) => {
    expect(() => parseInvocation(args)).toThrow(UsageError);
    expect(() => parseInvocation(args)).toThrow(/^Cannot .*[^.]$/);
  });

  it('blames the operator, with the exit code for it', () => {
    expect(new UsageError('Cannot')).toMatchObject({ code: 'USAGE', fault: 'operator', exitCode: 64 });
  });
});

describe('USAGE', () => {
  it.each(['-f', '-p', '-h', '-V', '--help', '--version', '--check-config', '--explain'])(
    'lists %s',
    (option) => {
      expect(USAGE).toContain(option);
    },
  );
});

describe('EXIT_CODES', () => {
  it('keeps the numbers that scripts rely on', () => {
    expect(EXIT_CODES).toEqual({ stopped: 0, couldNotStart: 1, usage: 64, software: 70, config: 78 });
  });
});
