/** A login under way: answered from memory at once, or by the pool and the server after a while. */
import type { Credentials } from '../upstream/credentials.ts';
import type { LoginRequest } from '../upstream/login-request.ts';
import type { GrantedLogin, LoginDesk } from './login-desk.ts';

/** What an admission asks of its session. */
export interface AdmissionPort {
  /** The pool, or the server, is asked; nothing is taken until one of the two below. */
  admitting(admission: Admission): void;
  granted(tag: string, request: LoginRequest, granted: GrantedLogin): void;
  refused(tag: string, credentials: Credentials, error: unknown): void;
  /** A bug has shown itself. */
  failed(error: unknown): void;
}

export class Admission {
  readonly #desk: LoginDesk;
  readonly #port: AdmissionPort;
  readonly #cancel = new AbortController();

  constructor(desk: LoginDesk, port: AdmissionPort) {
    this.#desk = desk;
    this.#port = port;
  }

  /** The client has given `given`; whatever comes of it is the answer to `tag`. */
  begin(tag: string, given: Credentials): void {
    let request: LoginRequest;
    try {
      request = this.#desk.admit(given);
    } catch (error) {
      this.#port.refused(tag, given, error);
      return;
    }
    const login = this.#desk.reserve(request);
    if (login === undefined) this.#open(tag, request).catch((error: unknown) => this.#port.failed(error));
    else this.#port.granted(tag, request, login);
  }

  /** The client has gone: what comes of a login that has begun is for the next session of its user. */
  abandon(): void {
    this.#cancel.abort();
  }

  async #open(tag: string, request: LoginRequest): Promise<void> {
    const { signal } = this.#cancel;
    this.#port.admitting(this);
    let granted: GrantedLogin;
    try {
      granted = await this.#desk.open(request, signal);
    } catch (error) {
      request.credentials.password.wipe();
      if (!signal.aborted) this.#port.refused(tag, request.credentials, error);
      return;
    }
    if (signal.aborted) this.#desk.giveBack(granted);
    else this.#port.granted(tag, request, granted);
  }
}
