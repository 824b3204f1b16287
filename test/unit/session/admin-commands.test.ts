import { describe, expect, it } from 'vitest';
import { ADMIN_COMMANDS, type Administration, answerAdmin } from '../../../src/session/admin-commands.ts';

/** Notes what it is asked to do. */
class RecordedAdministration implements Administration {
  readonly version = '2.0.0';
  readonly done: string[] = [];
  tracedUser: string | undefined;
  canClear = true;

  *connections() {
    yield { id: 3, user: 'alice', isActive: true };
    yield { id: 7, user: 'b\r\nob', isActive: false };
  }

  resetCounters(): void {
    this.done.push('reset');
  }

  trace(user: string | undefined): void {
    this.tracedUser = user;
  }

  clearTrace(): void {
    if (!this.canClear) throw new Error('EACCES /var/log/trace');
    this.done.push('clear');
  }
}

describe('answerAdmin', () => {
  const ask = (name: string, argument?: string, administration = new RecordedAdministration()) =>
    answerAdmin('a', name, argument, administration);

  it('tells the version', () => {
    expect(ask('XPROXY_VERSION')).toBe('* XPROXY_VERSION 2.0.0\r\na OK Completed\r\n');
  });

  it('lists the connections, each in a line of its own whatever a user is called', () => {
    expect(ask('XPROXY_DUMPICC')).toBe(
      '* XPROXY_DUMPICC 3 alice Active\r\n* XPROXY_DUMPICC 7 b??ob Cached\r\na OK Completed\r\n',
    );
  });

  it('resets the counters', () => {
    const administration = new RecordedAdministration();
    expect(ask('XPROXY_RESETCOUNTERS', undefined, administration)).toBe('a OK Counters reset\r\n');
    expect(administration.done).toEqual(['reset']);
  });

  it('traces one user at a time, until told to stop', () => {
    const administration = new RecordedAdministration();
    expect(ask('XPROXY_TRACE', 'alice', administration)).toBe('a OK Tracing enabled for user alice.\r\n');
    expect(ask('XPROXY_TRACE', 'bob', administration)).toMatch(
      /^a BAD .*Tracing already enabled for user alice\r\n$/,
    );
    expect(administration.tracedUser).toBe('alice');
    expect(ask('XPROXY_TRACE', undefined, administration)).toBe('a OK Tracing disabled\r\n');
    expect(administration.tracedUser).toBeUndefined();
  });

  it('empties the trace, and keeps to itself why it cannot', () => {
    const administration = new RecordedAdministration();
    expect(ask('XPROXY_NEWLOG', undefined, administration)).toBe('a OK Logfile cleared\r\n');
    administration.canClear = false;
    expect(ask('XPROXY_NEWLOG', undefined, administration)).toMatch(/^a NO .*internal server error\r\n$/);
    expect(administration.done).toEqual(['clear']);
  });

  it('answers every command that it is said to know, and no other', () => {
    expect([...ADMIN_COMMANDS].filter((name) => ask(name) === undefined)).toEqual([]);
    expect(ask('XPROXY_STATS')).toBeUndefined();
  });
});
