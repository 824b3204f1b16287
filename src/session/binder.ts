/** A session that was logged in from memory: what is answered from memory too, and when it needs a connection. */

import type { FirstCommand } from './first-command.ts';
import { loggedOut, repeated } from './replies.ts';
import type { Bound, ReservedLogin } from './reserved-login.ts';

/** What the binder asks of its session. */
export interface BinderPort {
  reply(octets: Buffer | string): void;
  /** Everything to be said has been said. */
  leave(reason: 'logout'): void;
  /** A connection is looked for; nothing is taken until {@link bound} or {@link unbound}. */
  binding(binder: Binder): void;
  /** Whether the session still waits for it. */
  isBinding(binder: Binder): boolean;
  /** `replay` is what the client has sent already, to a connection that has proved to be dead. */
  bound(binder: Binder, bound: Bound, replay: Buffer | undefined): void;
  unbound(error: unknown): void;
  /** A bug has shown itself. */
  failed(error: unknown): void;
  /** A connection that came too late. */
  giveBack(bound: Bound): void;
  /** Takes octets of the client, once there is a connection. */
  take(octets: Buffer): number;
}

/** The command that decides when none has been read whole. */
const LF = '\n';

export class Binder {
  readonly #login: ReservedLogin;
  readonly #port: BinderPort;
  readonly #answersFromMemory: boolean;
  #first: FirstCommand | undefined;
  /** Ends the search for a connection that is under way. */
  #cancel: AbortController | undefined;
  #hasEnded = false;

  constructor(login: ReservedLogin, port: BinderPort, answersFromMemory: boolean) {
    this.#login = login;
    this.#port = port;
    this.#answersFromMemory = answersFromMemory;
  }

  /** Takes one command of the client, once it is whole; returns the offset of the first octet not taken. */
  feed(octets: Buffer): number {
    const first = this.#login.readFirst(octets);
    if (first === undefined) return 0;
    if (first.name === 'LOGOUT' && first.tag !== undefined) {
      this.#port.reply(loggedOut(first.tag));
      this.#port.leave('logout');
      return octets.length;
    }
    if (this.#answer(first)) return octets.indexOf(LF) + 1;
    this.#first = first;
    const bound = this.#login.claim(first);
    if (bound === undefined) {
      this.#open(first, undefined);
      return 0;
    }
    this.#port.bound(this, bound, undefined);
    return this.#port.take(octets);
  }

  /** The connection was dead before it answered a word; `unanswered` is what it was sent. */
  rescue(unanswered: Buffer): void {
    if (this.#first !== undefined) this.#open(this.#first, unanswered);
  }

  /** The connection is alive: no other will be needed. */
  settle(): void {
    this.#login.settle();
  }

  /** The session ends. */
  release(): void {
    this.#hasEnded = true;
    // A login that has begun goes on, for the next session of its user, and needs its password.
    if (this.#cancel === undefined) this.#login.release();
    else this.#cancel.abort();
  }

  #answer({ tag, question }: FirstCommand): boolean {
    if (tag === undefined || question === undefined || !this.#answersFromMemory) return false;
    const answer = this.#login.recall(question);
    if (answer === undefined) return false;
    this.#port.reply(repeated(tag, answer));
    return true;
  }

  #open(first: FirstCommand, replay: Buffer | undefined): void {
    this.#find(first, replay).catch((error: unknown) => this.#port.failed(error));
  }

  async #find(first: FirstCommand, replay: Buffer | undefined): Promise<void> {
    this.#port.binding(this);
    const cancel = new AbortController();
    this.#cancel = cancel;
    let bound: Bound | undefined;
    let reason: unknown;
    try {
      bound = await this.#login.open(first, cancel.signal);
    } catch (error) {
      reason = error;
    }
    this.#cancel = undefined;
    if (this.#hasEnded) this.#login.release();
    if (bound === undefined) {
      if (this.#port.isBinding(this)) this.#port.unbound(reason);
    } else if (this.#port.isBinding(this)) {
      this.#port.bound(this, bound, replay);
    } else {
      this.#port.giveBack(bound);
    }
  }
}
