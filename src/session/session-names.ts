import type { ClientIdentity } from '../net/client-identity.ts';
import { type ClientOrigin, describeOrigin } from '../net/client-origin.ts';

/** The same in every line of one session. */
export interface LoggedNames {
  readonly session: string;
  readonly client: string;
  /** The subject of the client's certificate. */
  readonly certificate?: string;
}

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
  encrypted(certificate: ClientIdentity | undefined): void {
    this.#id = this.#ownId;
    this.#origin = { ...this.#arrival, isEncrypted: true, certificate };
  }

  /** A proxy that is trusted has told who its client is, and how it calls the session. */
  proxied(address: string | undefined, port: number | undefined, id: string | undefined): void {
    if (id !== undefined) this.#id = id;
    if (address === undefined) return;
    const via = this.#origin.via ?? this.#origin.client;
    this.#origin = { ...this.#origin, client: { address, port: port ?? 0 }, via };
  }

  get forLog(): LoggedNames {
    const names = { session: this.#id, client: describeOrigin(this.#origin) };
    const subject = this.#origin.certificate?.subject;
    return subject === undefined ? names : { ...names, certificate: subject };
  }
}
