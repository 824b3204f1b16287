import type { Socket } from 'node:net';
import type { ClientOrigin } from '../net/client-origin.ts';
import { ClientSession } from './client-session.ts';
import type { SessionContext } from './session-context.ts';

/** All sessions of the proxy, from their clients' arrival until their sockets are gone. */
export class SessionRegistry {
  #context: SessionContext;
  readonly #sessions = new Set<ClientSession>();
  #whenEmpty: (() => void) | undefined;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /** Sessions that begin from now on are served by `context`; the others keep theirs. */
  serveBy(context: SessionContext): void {
    this.#context = context;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** Begins a session for a client that has connected. */
  admit(socket: Socket, origin: ClientOrigin): void {
    this.#context.counters.clientArrived();
    const session = new ClientSession(socket, origin, this.#context, (ended) => this.#forget(ended));
    this.#sessions.add(session);
  }

  /** Ends what has waited too long; called by the one coarse clock. */
  sweep(nowMs: number): void {
    for (const session of this.#sessions) session.sweep(nowMs);
  }

  /**
   * Ends the sessions: at once those of which nothing can be lost, the others when they are done, or at
   * the latest when `deadline` aborts. Resolves when no client is connected any more.
   */
  async drain(deadline: AbortSignal): Promise<void> {
    for (const session of this.#sessions) session.shutDown(true);
    if (this.#sessions.size === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenEmpty = resolve;
    const hurry = (): void => {
      for (const session of this.#sessions) session.shutDown(false);
    };
    if (deadline.aborted) hurry();
    deadline.addEventListener('abort', hurry);
    await promise;
    deadline.removeEventListener('abort', hurry);
  }

  #forget(session: ClientSession): void {
    this.#sessions.delete(session);
    this.#context.counters.clientLeft();
    if (this.#sessions.size === 0) this.#whenEmpty?.();
  }
}
