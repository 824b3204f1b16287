import { describe, expect, it } from 'vitest';
import { decodeStatistics, encodeStatistics, StatLayoutError } from '../../../src/admin/stat-layout.ts';
import { statistics } from '../../support/statistics.ts';

/** 2026-11-22 20:55:09 UTC is 1795380909 s or 0x6b0356ad, 21:00:00 is 0x6b0357d0. */
const COUNTERS =
  '01000000 02000000 03000000 04000000 05000000 06000000 07000000 08000000 ' +
  '09000000 0a000000 0b000000 0c000000 0d000000';
const WIDE = octets(`ad56036b00000000 d057036b00000000 ${COUNTERS} 00000000`);
const NARROW = octets(`ad56036b d057036b ${COUNTERS}`);

function octets(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(' ', ''), 'hex');
}

/** `WIDE` with the counter at `offset` replaced. */
function wideWith(offset: number, hex: string): Buffer {
  const copy = Buffer.from(WIDE);
  octets(hex).copy(copy, offset);
  return copy;
}

describe('encodeStatistics', () => {
  it('writes the 72 octets of the classic daemon on amd64', () => {
    expect(encodeStatistics(statistics()).toString('hex')).toBe(WIDE.toString('hex'));
  });

  it('cuts times to whole seconds', () => {
    const startTime = new Date('2026-11-22T20:55:09.999Z');
    expect(encodeStatistics(statistics({ startTime }))).toEqual(WIDE);
  });

  it('lets a total beyond 32 bits start again at 0', () => {
    expect(encodeStatistics(statistics({ logins: 2 ** 32 + 8 }))).toEqual(WIDE);
  });
});

describe('decodeStatistics', () => {
  it.each([
    ['72', WIDE],
    ['60', NARROW],
  ])('reads the layout of %s octets', (_, layout) => {
    expect(decodeStatistics(layout)).toEqual(statistics());
  });

  it('reads what a classic daemon has written', () => {
    const recorded = octets(
      'c4bf036b00000000 c4bf036b00000000 02000000 03000000 02000000 03000000 01000000 01000000 ' +
        '04000000 04000000 03000000 01000000 00000000 00000000 00000000 00000000',
    );
    const startTime = new Date('2026-11-23T04:23:32Z');
    expect(decodeStatistics(recorded)).toEqual({
      startTime,
      countTime: startTime,
      clientsNow: 2,
      clientsPeak: 3,
      connectionsInUse: 2,
      connectionsInUsePeak: 3,
      connectionsParked: 1,
      connectionsParkedPeak: 1,
      clientsAccepted: 4,
      logins: 4,
      connectionsCreated: 3,
      connectionsReused: 1,
      selects: 0,
      selectHits: 0,
      selectMisses: 0,
    });
  });

  it('reads what stands at an odd place in memory', () => {
    const shifted = Buffer.concat([Buffer.alloc(1), WIDE]).subarray(1);
    expect(decodeStatistics(shifted)).toEqual(statistics());
  });

  it('takes a total above 2^31 for a large one', () => {
    expect(decodeStatistics(wideWith(44, 'ffffffff'))).toEqual(statistics({ logins: 2 ** 32 - 1 }));
  });

  it('takes what there is now for less than nothing, as a classic daemon counts it at times', () => {
    expect(decodeStatistics(wideWith(32, 'ffffffff'))).toEqual(statistics({ connectionsParked: -1 }));
  });

  it.each([0, 1, 59, 61, 64, 68, 71, 73, 144])('refuses %d octets', (length) => {
    expect(() => decodeStatistics(Buffer.alloc(length))).toThrow(
      new StatLayoutError(`expected 72 or 60 octets, found ${length}`),
    );
  });

  it('refuses a time that no calendar has', () => {
    expect(() => decodeStatistics(wideWith(8, 'ffffffffffffff7f'))).toThrow(StatLayoutError);
  });
});
