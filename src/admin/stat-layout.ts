/**
 * The octets of the stat file: a C structure of the classic daemon, little endian, without a name or a
 * version in it. On amd64 two 64-bit times, thirteen 32-bit counters and four octets that align the end;
 * where C had 32-bit times, 60 octets without that end.
 */
import { ProxyError } from '../base/errors.ts';
import type { CounterName, Statistics } from '../observe/statistics.ts';

/** How long the stat file is, in octets. */
export const STAT_FILE_OCTETS = 72;

/** The octets are no statistics of the classic layout. */
export class StatLayoutError extends ProxyError {
  readonly code = 'STAT_LAYOUT';
  readonly fault = 'operator';
  /** What was expected and what was found. */
  readonly reason: string;

  constructor(reason: string) {
    super(`Cannot read statistics: ${reason}`);
    this.reason = reason;
  }
}

/** In the order of the file. */
const COUNTERS: readonly CounterName[] = [
  'clientsNow',
  'clientsPeak',
  'connectionsInUse',
  'connectionsInUsePeak',
  'connectionsParked',
  'connectionsParkedPeak',
  'clientsAccepted',
  'logins',
  'connectionsCreated',
  'connectionsReused',
  'selects',
  'selectHits',
  'selectMisses',
];

/**
 * The classic daemon counts what there is now without locks, and below 0 at times. Nothing else goes below 0:
 * where C prints a negative number it is a large one.
 */
const SIGNED: ReadonlySet<CounterName> = new Set<CounterName>([
  'clientsNow',
  'connectionsInUse',
  'connectionsParked',
]);

const COUNTER_OCTETS = 4;

interface Layout {
  readonly timeOctets: number;
  readonly readTime: (octets: Buffer, offset: number) => number;
}

/** Of amd64. */
const WIDE: Layout = {
  timeOctets: 8,
  readTime: (octets, offset) => Number(octets.readBigInt64LE(offset)),
};

/** Where C had 32-bit times. */
const NARROW: Layout = { timeOctets: 4, readTime: (octets, offset) => octets.readInt32LE(offset) };

/** By the length of the whole, in octets. */
const LAYOUTS: ReadonlyMap<number, Layout> = new Map([
  [STAT_FILE_OCTETS, WIDE],
  [60, NARROW],
]);

/** The 72 octets that the classic `pimpstat` reads; a total beyond 32 bits starts again at 0, as in C. */
export function encodeStatistics(statistics: Statistics): Buffer {
  const octets = Buffer.alloc(STAT_FILE_OCTETS);
  octets.writeBigInt64LE(wholeSeconds(statistics.startTime), 0);
  octets.writeBigInt64LE(wholeSeconds(statistics.countTime), WIDE.timeOctets);
  let offset = 2 * WIDE.timeOctets;
  for (const counter of COUNTERS) offset = octets.writeUInt32LE(statistics[counter] >>> 0, offset);
  return octets;
}

/**
 * Tells early that a file of `length` octets is no stat file.
 *
 * @throws StatLayoutError
 */
export function checkStatLength(length: number): void {
  layoutOf(length);
}

/**
 * Reads a stat file of this program or of a classic daemon of either layout.
 *
 * @throws StatLayoutError for any other number of octets, and for a time that is none.
 */
export function decodeStatistics(octets: Buffer): Statistics {
  const { timeOctets, readTime } = layoutOf(octets.length);
  const counters = COUNTERS.map((counter, index): [CounterName, number] => {
    const offset = 2 * timeOctets + index * COUNTER_OCTETS;
    return [counter, SIGNED.has(counter) ? octets.readInt32LE(offset) : octets.readUInt32LE(offset)];
  });
  return {
    startTime: timeOf(readTime(octets, 0)),
    countTime: timeOf(readTime(octets, timeOctets)),
    ...(Object.fromEntries(counters) as Record<CounterName, number>),
  };
}

function layoutOf(length: number): Layout {
  const layout = LAYOUTS.get(length);
  if (layout !== undefined) return layout;
  const expected = [...LAYOUTS.keys()].join(' or ');
  throw new StatLayoutError(`expected ${expected} octets, found ${length}`);
}

function wholeSeconds(time: Date): bigint {
  return BigInt(Math.floor(time.getTime() / 1000));
}

function timeOf(seconds: number): Date {
  const time = new Date(seconds * 1000);
  if (Number.isNaN(time.getTime())) {
    throw new StatLayoutError(`expected a time, found ${seconds} s since 1970`);
  }
  return time;
}
