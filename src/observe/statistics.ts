/**
 * The numbers of the classic daemon's statistics at one moment, by our names: what its stat file holds and `pimpstat`
 * shows. All of them are whole.
 */
export interface Statistics {
  /** When the daemon started; whole seconds in a stat file. */
  readonly startTime: Date;
  /** When the peaks and totals last began at 0: the start, or the last reset. */
  readonly countTime: Date;
  readonly clientsNow: number;
  readonly clientsPeak: number;
  /** Server connections that a session has, or that are being reset after one. */
  readonly connectionsInUse: number;
  readonly connectionsInUsePeak: number;
  readonly connectionsParked: number;
  readonly connectionsParkedPeak: number;
  readonly clientsAccepted: number;
  /** Logins that were answered with OK. */
  readonly logins: number;
  /** Logins at the server that were answered with OK. */
  readonly connectionsCreated: number;
  /** Client logins that needed none at the server, because a connection was there. */
  readonly connectionsReused: number;
  /** SELECT commands that the SELECT cache has looked at. */
  readonly selects: number;
  readonly selectHits: number;
  readonly selectMisses: number;
}

/** What `Statistics` counts, as against its times. */
export type CounterName = Exclude<keyof Statistics, 'startTime' | 'countTime'>;
