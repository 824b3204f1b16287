/** Whose doing an error is; decides the log level and whether a stack is worth printing. */
export type Fault = 'client' | 'upstream' | 'operator' | 'proxy';

/**
 * What the client hears when an error ends its command: a status and an RFC 5530 response code.
 *
 * @see RFC 5530 section 3
 */
export interface ErrorReply {
  readonly status: 'NO' | 'BAD' | 'BYE';
  readonly code: string;
}

/** Root of every error this program throws on purpose. The message never holds a secret. */
export abstract class ProxyError extends Error {
  /** Stable upper-case word, unique in the program; listed in `docs/errors.md`. */
  abstract readonly code: string;
  abstract readonly fault: Fault;
  /** Absent where no client is concerned. */
  readonly reply?: ErrorReply;

  override get name(): string {
    return this.constructor.name;
  }
}

/** A state that the program promises cannot occur; always a bug of ours. */
export class InvariantError extends ProxyError {
  readonly code = 'INVARIANT';
  readonly fault = 'proxy';
  override readonly reply = { status: 'NO', code: 'SERVERBUG' } as const;

  constructor(message: string) {
    super(`bug: ${message}`);
  }
}

/** A peer went past a size limit; `limit` names it as in `protocol/limits.ts`. */
export class LimitExceededError extends ProxyError {
  readonly code = 'LIMIT_EXCEEDED';
  readonly fault = 'client';
  override readonly reply = { status: 'BAD', code: 'TOOBIG' } as const;
  readonly limit: string;
  readonly octets: number;

  constructor(limit: string, octets: number) {
    super(`Cannot hold more than ${octets} octets (${limit})`);
    this.limit = limit;
    this.octets = octets;
  }
}
