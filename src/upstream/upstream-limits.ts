import type { PoolLimits } from '../pool/pool-limits.ts';
import type { TrustLimits } from './trust.ts';

/** How much is kept of the server's connections, and for how long. */
export interface UpstreamLimits {
  readonly pool: PoolLimits;
  readonly trust: TrustLimits;
  /** From the login on, in ms; 0: without limit. */
  readonly lifetimeMs: number;
  /** Sessions that one connection serves; 0: without limit. */
  readonly maxUses: number;
  /** How long a parked connection may have been silent before it is asked whether it is still there, in ms. */
  readonly checkDelayMs: number;
  /** How long a connection is parked before it is put into IDLE, in ms; 0: never. */
  readonly parkIdleMs: number;
  /** Whether the server is told by ID for whom a connection is used again; `forward_client_address always`. */
  readonly introduces: boolean;
  /** Whether a connection on which something was enabled is of use to a later session. */
  readonly keepsEnabled: boolean;
}
