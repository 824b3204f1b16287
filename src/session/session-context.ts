import type { Clock } from '../base/clock.ts';
import type { ClientOrigin } from '../net/client-origin.ts';
import type { TlsServer } from '../net/tls-server.ts';
import type { Counters } from '../observe/counters.ts';
import type { Log } from '../observe/logger.ts';
import type { ProtocolTrace } from '../observe/protocol-trace.ts';
import type { PoolKeys } from '../upstream/credentials.ts';
import type { ServerProfile } from '../upstream/server-profile.ts';
import type { UpstreamPool } from '../upstream/upstream-pool.ts';
import type { Administration } from './admin-commands.ts';
import type { SharedSecret } from './shared-secret.ts';

/** What all sessions share. */
export interface SessionContext {
  readonly upstreams: UpstreamPool;
  readonly keys: PoolKeys;
  readonly profile: ServerProfile;
  readonly counters: Counters;
  readonly clock: Clock;
  readonly log: Log;
  /** From connect to login, in ms; `client_login_timeout`. */
  readonly loginTimeoutMs: number;
  /** Without an octet in either direction, in ms; `client_idle_timeout`. */
  readonly idleTimeoutMs: number;
  /** `answer_from_memory`. */
  readonly answersFromMemory: boolean;
  /** Present with `enable_select_cache`. */
  readonly selectCounters: Counters | undefined;
  /** `announce_reuse`. */
  readonly announcesReuse: boolean;
  /** `enable_admin_commands`. */
  readonly administration: Administration | undefined;
  /** Whether the client at `address` may use them; `admin_networks`. */
  readonly isAdmin: (address: string) => boolean;
  /** Set when clients act by a shared secret instead of passwords of their own. */
  readonly sharedSecret: SharedSecret | undefined;
  readonly trace: ProtocolTrace;
  /** Present where clients can have TLS. */
  readonly tls: () => TlsServer | undefined;
  /** `require_tls`: whether a client of `origin` may log in without. */
  readonly mayLogInClear: (origin: ClientOrigin) => boolean;
  /** `trusted_networks`: whether the peer at `address` is believed what it tells about its client. */
  readonly isTrusted: (address: string) => boolean;
  /** `announce_session_id`. */
  readonly announcesSessionId: boolean;
}
