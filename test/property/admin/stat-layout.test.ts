import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeStatistics, encodeStatistics } from '../../../src/admin/stat-layout.ts';
import type { Statistics } from '../../../src/observe/statistics.ts';

const seconds = fc.integer({ min: 0, max: 8_640_000_000_000 }).map((value) => new Date(value * 1000));
const present = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const total = fc.integer({ min: 0, max: 2 ** 32 - 1 });

const statistics: fc.Arbitrary<Statistics> = fc.record({
  startTime: seconds,
  countTime: seconds,
  clientsNow: present,
  clientsPeak: total,
  connectionsInUse: present,
  connectionsInUsePeak: total,
  connectionsParked: present,
  connectionsParkedPeak: total,
  clientsAccepted: total,
  logins: total,
  connectionsCreated: total,
  connectionsReused: total,
  selects: total,
  selectHits: total,
  selectMisses: total,
});

describe('decodeStatistics', () => {
  it('reads what encodeStatistics has written', () => {
    fc.assert(
      fc.property(statistics, (written) => {
        expect(decodeStatistics(encodeStatistics(written))).toEqual(written);
      }),
    );
  });

  it('reads the same numbers from 60 octets as from 72', () => {
    const counters = fc.uint8Array({ minLength: 52, maxLength: 52 });
    const time = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(time, time, counters, (startTime, countTime, octets) => {
        const narrow = Buffer.alloc(60);
        narrow.writeUInt32LE(startTime, 0);
        narrow.writeUInt32LE(countTime, 4);
        narrow.set(octets, 8);
        const wide = Buffer.alloc(72);
        wide.writeUInt32LE(startTime, 0);
        wide.writeUInt32LE(countTime, 8);
        wide.set(octets, 16);
        expect(decodeStatistics(narrow)).toEqual(decodeStatistics(wide));
      }),
    );
  });
});
