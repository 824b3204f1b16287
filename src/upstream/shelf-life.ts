/** Whether a connection is of use to a later session, and until when. */
import type { Clock } from '../base/clock.ts';
import type { SessionState } from '../protocol/session-state.ts';
import type { CloseReason } from './close-reason.ts';
import type { UpstreamConnection } from './upstream-connection.ts';
import type { UpstreamLimits } from './upstream-limits.ts';

/** By how much of it a lifetime may be shorter, so that connections made together do not end together. */
const LIFETIME_JITTER = 0.1;

/** When `connection`, which has just been logged in, is too old to be used again, on `clock`. */
export function endOfLife(
  { login }: UpstreamConnection,
  { lifetimeMs }: UpstreamLimits,
  clock: Clock,
): number {
  const jitter = 1 - LIFETIME_JITTER * Math.random();
  const leftMs = lifetimeMs === 0 ? Number.POSITIVE_INFINITY : lifetimeMs * jitter;
  // A token names the end of its life by the calendar.
  const tokenLeftMs = (login?.expiresAt ?? Number.POSITIVE_INFINITY) - Date.now();
  return clock.now() + Math.min(leftMs, tokenLeftMs);
}

/** Why `connection` cannot be reset and given to another session, after one that has left `state`. */
export function obstacleTo(connection: UpstreamConnection, state: SessionState): CloseReason | undefined {
  if (connection.isClosed) return 'closed by server';
  if (state.obstacle !== undefined) return state.obstacle;
  if (!state.isQuiet) return 'drain limit';
  return connection.login?.isPlain === true ? undefined : 'login notice';
}

/** Why it should not be, although it could. */
export function reasonToRetire(
  { endsAt, uses }: UpstreamConnection,
  { variant }: SessionState,
  { maxUses, keepsEnabled }: UpstreamLimits,
  nowMs: number,
): CloseReason | undefined {
  if (nowMs >= endsAt) return 'age limit';
  if (maxUses > 0 && uses >= maxUses) return 'use limit';
  return keepsEnabled || !variant.startsWith('ENABLE') ? undefined : 'lasting state';
}
