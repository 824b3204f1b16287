import { describe, expect, it } from 'vitest';
import { classicReport, jsonReport, loginRatio } from '../../../src/cli/statistics-report.ts';
import { statistics } from '../../support/statistics.ts';

describe('classicReport', () => {
  it('prints the lines of the classic program', () => {
    expect(classicReport(statistics())).toBe(
      ' 1 Current Client Connections\n' +
        ' 2 Peak Client Connections\n' +
        ' 3 In Use Connections\n' +
        ' 4 Peak In Use Connections\n' +
        ' 5 Retained Server Connections\n' +
        ' 6 Peak Retained Server Connections\n' +
        ' 7 Total Client Connections\n' +
        ' 8 Total Client Logins\n' +
        ' 10 Total Reused Connections\n' +
        ' 9 Total Created Connections\n' +
        ' 12 Cache Hits\n' +
        ' 13 Cache Misses\n',
    );
  });

  it('prints a large total as it is', () => {
    expect(classicReport(statistics({ logins: 2 ** 32 - 1 }))).toContain(' 4294967295 Total Client Logins\n');
  });
});

describe('jsonReport', () => {
  const refreshedAt = new Date('2026-11-23T01:02:03.456Z');

  it('is one line with every number, times in ISO 8601, the ratio and the stat file', () => {
    const report = jsonReport('/run/pimpstats', { statistics: statistics({ logins: 18 }), refreshedAt });
    expect(report).toMatch(/^.*\n$/);
    expect(JSON.parse(report)).toEqual({
      statFile: '/run/pimpstats',
      refreshedAt: '2026-11-23T01:02:03.456Z',
      startTime: '2026-11-22T20:55:09.000Z',
      countTime: '2026-11-22T21:00:00.000Z',
      clientsNow: 1,
      clientsPeak: 2,
      connectionsInUse: 3,
      connectionsInUsePeak: 4,
      connectionsParked: 5,
      connectionsParkedPeak: 6,
      clientsAccepted: 7,
      logins: 18,
      connectionsCreated: 9,
      connectionsReused: 10,
      selects: 11,
      selectHits: 12,
      selectMisses: 13,
      loginRatio: 2,
    });
  });

  it('has null for the ratio before the first login at the server', () => {
    const report = jsonReport('x', { statistics: statistics({ connectionsCreated: 0 }), refreshedAt });
    expect(JSON.parse(report)).toMatchObject({ loginRatio: null });
  });
});

describe('loginRatio', () => {
  it('is client logins for each login at the server', () => {
    expect(loginRatio(statistics({ logins: 3, connectionsCreated: 2 }))).toBe(1.5);
  });
});
