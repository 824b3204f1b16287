import type { Address } from '../load/address.ts';

/** The order of the columns. `direct` is no program but the way without one. */
export const CONTESTANTS = ['imapproxyd', 'classic', 'nginx', 'haproxy', 'direct'] as const;

export type ContestantName = (typeof CONTESTANTS)[number];

/** The server that all contestants stand in front of. */
export interface Upstream {
  readonly port: number;
  /** How the contestant reaches it; without, in clear. */
  readonly tls?: {
    /** Whom to trust, as a PEM file. */
    readonly caFile: string;
    /** Where TLS begins with the first octet; STARTTLS is offered on `port`. */
    readonly port: number;
  };
}

/** What a row asks of a contestant beyond its usual configuration. */
export interface Wishes {
  /** Server connections, in use and parked together. */
  readonly connections?: number;
  /** How long a parked connection may wait, in seconds. */
  readonly parkedSeconds?: number;
  /** TLS for the clients, with this certificate: both in one PEM file. */
  readonly clientTls?: { readonly pemFile: string; readonly caFile: string };
}

/** A program that stands between clients and the server, running. */
export interface Contestant {
  readonly name: ContestantName;
  /** Where clients connect to. */
  readonly address: Address;
  /** From the start of its process until its greeting was read, in ms; 0 for `direct`. */
  readonly startMs: number;
  /** The processes whose work and memory count: none for `direct`. */
  pids(): readonly number[];
}

/** Starts one; its `AsyncDisposableStack` ends it. @returns undefined when it cannot do what is wished. */
export type StartContestant = (
  upstream: Upstream,
  wishes: Wishes,
  started: AsyncDisposableStack,
) => Promise<Contestant | undefined>;
