import type { Admission } from './admission.ts';
import type { Binder } from './binder.ts';
import type { PreLogin } from './pre-login.ts';
import type { Relay } from './relay.ts';

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
  | 'TLS failed'
  | 'shutdown'
  | 'internal error';

/** Where a client's session stands. */
export type Phase =
  | { readonly name: 'unauthenticated'; readonly preLogin: PreLogin }
  /** The TLS handshake is done; what comes in clear is dropped. */
  | { readonly name: 'securing' }
  /** The pool or the server is asked; the client waits for the answer to its login. */
  | { readonly name: 'logging in'; readonly admission: Admission; readonly preLogin: PreLogin }
  /** Logged in from memory; the first command that needs the server decides which connection is taken. */
  | { readonly name: 'reserved'; readonly binder: Binder }
  /** No parked connection is of use at once: one is being made, or made ready. */
  | { readonly name: 'binding'; readonly binder: Binder }
  /** `binder` finds another connection if this one proves to be dead. */
  | { readonly name: 'relaying'; readonly relay: Relay; readonly binder: Binder | undefined }
  | { readonly name: 'ended'; readonly reason: EndReason };
