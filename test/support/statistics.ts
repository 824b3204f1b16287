import type { Statistics } from '../../src/observe/statistics.ts';

/** Statistics in which every number is another one, 1 to 13 in the order of the stat file, but for `changes`. */
export function statistics(changes: Partial<Statistics> = {}): Statistics {
  return {
    startTime: new Date('2026-11-22T20:55:09Z'),
    countTime: new Date('2026-11-22T21:00:00Z'),
    clientsNow: 1,
    clientsPeak: 2,
    connectionsInUse: 3,
    connectionsInUsePeak: 4,
    connectionsParked: 5,
    connectionsParkedPeak: 6,
    clientsAccepted: 7,
    logins: 8,
    connectionsCreated: 9,
    connectionsReused: 10,
    selects: 11,
    selectHits: 12,
    selectMisses: 13,
    ...changes,
  };
}
