import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/base/errors.ts';
import { createLogTo } from '../../../src/observe/logger.ts';
import { type SyslogCalls, syslogStream } from '../../../src/observe/syslog.ts';

describe('syslogStream', () => {
  it.each([
    ['LOG_USER', 8],
    ['LOG_MAIL', 16],
    ['LOG_DAEMON', 24],
    ['LOG_AUTHPRIV', 80],
    ['LOG_FTP', 88],
    ['LOG_LOCAL0', 128],
    ['LOG_LOCAL7', 184],
  ])('opens syslog under the classic name with the number of %s', (facility, number) => {
    const calls = new RecordedCalls();

    syslogStream(calls, { facility, leastPriority: 'LOG_DEBUG' });

    expect(calls.opened).toEqual([['in.imapproxyd', number]]);
  });

  it('sends each line as one message with its priority', () => {
    const calls = new RecordedCalls();
    const log = createLogTo(
      syslogStream(calls, { facility: 'LOG_MAIL', leastPriority: 'LOG_DEBUG' }),
      'debug',
    );

    log.info({ user: 'joe' }, 'login');
    log.error('100%s');

    expect(calls.sent).toEqual([
      [6, 'login user=joe'],
      [3, '100%s'],
    ]);
  });

  it.each([
    ['LOG_EMERG', []],
    ['LOG_ERR', [3]],
    ['LOG_WARNING', [3, 4]],
    ['LOG_NOTICE', [3, 4]],
    ['LOG_INFO', [3, 4, 6]],
    ['LOG_DEBUG', [3, 4, 6, 7]],
  ])('sends nothing less important than %s', (leastPriority, priorities) => {
    const calls = new RecordedCalls();
    const log = createLogTo(syslogStream(calls, { facility: 'LOG_MAIL', leastPriority }), 'debug');

    for (const level of ['error', 'warn', 'info', 'debug'] as const) log[level]('anything');

    expect(calls.sent.map(([priority]) => priority)).toEqual(priorities);
  });

  it.each([
    { facility: 'LOG_NONSENSE', leastPriority: 'LOG_DEBUG' },
    { facility: 'LOG_MAIL', leastPriority: 'LOG_NONSENSE' },
  ])('refuses names that are not in syslog(3): %j', (options) => {
    expect(() => syslogStream(new RecordedCalls(), options)).toThrow(InvariantError);
  });
});

class RecordedCalls implements SyslogCalls {
  readonly opened: [string, number][] = [];
  readonly sent: [number, string][] = [];

  openSyslog(ident: string, facility: number): void {
    this.opened.push([ident, facility]);
  }

  syslog(priority: number, message: string): void {
    this.sent.push([priority, message]);
  }
}
