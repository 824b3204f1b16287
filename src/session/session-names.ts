import { type ClientOrigin, describeOrigin } from '../net/client-origin.ts';

/** Tells the ids of this process from those of others: the log of a week may hold several. */
const PROCESS = Math.round(performance.timeOrigin).toString(36);

let lastNumber = 0;

/** Who a session and its client are, in log lines and to the server. */
export class SessionNames {
  /** Unique in this process, as the protocol trace wants it. */
  readonly number: number;
  readonly #ownId: string;
  readonly #arrival: ClientOrigin;
  #id: string;
  #origin: ClientOrigin;

  constructor(origin: ClientOrigin) {
    lastNumber += 1;
    this.number = lastNumber;
    this.#ownId = `${PROCESS}-${lastNumber}`;
    this.#arrival = origin;
    this.#id = this.#ownId;
    this.#origin = origin;
  }

  /** One id for this log and that of the server. */
  get id(): string {
    return this.#id;
  }

  get origin(): ClientOrigin {
    return this.#origin;
  }

  /** The client has begun TLS. What anybody on the way could have told before is forgotten (RFC 9051 section 6.2.1). */
  encrypted(): void {
    this.#id = this.#ownId;
    this.#origin = { ...this.#arrival, isEncrypted: true };
  }

  /** A proxy that is trusted has told who its client is, and how it calls the session. */
  proxied(address: string | undefined, port: number | undefined, id: string | undefined): void {
    if (id !== undefined) this.#id = id;
    if (address === undefined) return;
    const via = this.#origin.via ?? this.#origin.client;
    this.#origin = { ...this.#origin, client: { address, port: port ?? 0 }, via };
  }

  get forLog(): { readonly session: string; readonly client: string } {
    return { session: this.#id, client: describeOrigin(this.#origin) };
  }
}
