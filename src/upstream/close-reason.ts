import type { PoolCloseReason } from '../pool/pool-events.ts';
import type { ReuseObstacle } from '../protocol/session-state.ts';

/**
 * Why a server connection was closed: the same words in log, metric and documentation. Those of
 * {@link PoolCloseReason} and {@link ReuseObstacle} are explained there.
 */
export type CloseReason =
  | PoolCloseReason
  | ReuseObstacle
  /** The server ended it, parked or in use. */
  | 'closed by server'
  /** The server sent something while it was parked. */
  | 'unexpected octets'
  /** The reset was answered by anything but what it must be answered by, or not in time. */
  | 'reset failed'
  /** The client went away inside a line, a literal or an authentication exchange. */
  | 'client gone mid-command'
  /** What was outstanding when the client went away took too long or was too much. */
  | 'drain limit'
  /** The login was answered with more than capabilities, which a later login would not see. */
  | 'login notice'
  /** A line or an answer of the server, or a line of the client, went past a size limit. */
  | 'size limit'
  /** The client was silent for `client_idle_timeout`, or took nothing for as long. */
  | 'client timeout'
  /** While parked, it did not answer when it was asked whether it is still there. */
  | 'check failed'
  /** Its login is longer ago than `server_lifetime`, or its token has ended. */
  | 'age limit'
  /** It has served `server_max_uses` sessions. */
  | 'use limit'
  /** The server has refused these credentials since. */
  | 'login refused'
  /** The server has accepted other credentials of the same user since. */
  | 'new secret'
  /** It does not answer as another connection of the same login has. */
  | 'other answers'
  /** The configuration was read again and leads to another server. */
  | 'reconfigured'
  /** A bug of ours; the connection's state is unknown. */
  | 'internal error';
