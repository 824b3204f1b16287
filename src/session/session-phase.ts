import type { PreLogin } from './pre-login.ts';
import type { Relay } from './relay.ts';
import type { ReservedLogin } from './reserved-login.ts';

/** Why a client's session ended: the same words in log, metric and documentation. */
export type EndReason =
  | 'logout'
  | 'client closed'
  | 'upstream ended'
  | 'drain limit'
  | 'bad commands'
  | 'size limit'
  | 'login timeout'
  | 'idle timeout'
  | 'no connection'
  | 'shutdown'
  | 'internal error';

/** Where a client's session stands. */
export type Phase =
  | { readonly name: 'unauthenticated'; readonly preLogin: PreLogin }
  /** The pool or the server is asked; the client waits for the answer to its login. */
  | { readonly name: 'logging in'; readonly cancel: AbortController }
  /** Logged in from memory; the first command that needs the server decides which connection is taken. */
  | { readonly name: 'reserved'; readonly login: ReservedLogin }
  /** No parked connection fits the first command: a new one is being made. */
  | { readonly name: 'binding'; readonly cancel: AbortController }
  | { readonly name: 'relaying'; readonly relay: Relay }
  | { readonly name: 'ended'; readonly reason: EndReason };
