/** What a relay is made of, and what it tells. */
import type { Clock } from '../base/clock.ts';
import type { Counters } from '../observe/counters.ts';
import type { SessionTrace } from '../observe/protocol-trace.ts';
import type { SessionState } from '../protocol/session-state.ts';
import type { UpstreamLease, UpstreamPool } from '../upstream/upstream-pool.ts';
import type { EndReason } from './session-phase.ts';

/** The client's side, as the relay sees it. */
export interface RelayClient {
  /** Returns false when the client takes no more for now; {@link Relay.clientDrained} follows. */
  write(octets: Buffer | string): boolean;
  /** The relay may take octets again that it left when {@link Relay.feed} returned. */
  advance(): void;
  /** The relay is over; everything for the client has been written. */
  finish(reason: EndReason): void;
  /** The server has said its first word, or the client more than may be repeated. */
  answered(): void;
  /** The connection was dead before it said a word; the relay is over. `octets` may be put to another one. */
  lost(octets: Buffer): void;
  /** A bug has shown itself; the client's side decides about the end. */
  failed(error: unknown): void;
}

export interface RelayParts {
  /** The relay takes it over. */
  readonly lease: UpstreamLease;
  /** What the connection carries. */
  readonly state: SessionState;
  readonly upstreams: UpstreamPool;
  readonly clock: Clock;
  /** Writes down what passes. */
  readonly trace: SessionTrace | undefined;
  /** Whether the connection has been parked, so that it may have ended without a sign. */
  readonly mayBeDead: boolean;
  /** Present where a repeated SELECT may be answered from memory. */
  readonly selectCounters: Counters | undefined;
}
