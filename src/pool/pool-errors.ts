import { type ErrorReply, ProxyError } from '../base/errors.ts';

/** Nobody gave a connection back in time. */
export class CheckoutTimeoutError extends ProxyError {
  readonly code = 'CHECKOUT_TIMEOUT';
  readonly fault = 'proxy';
  override readonly reply: ErrorReply;
  /** Which cap stood in the way: that of the key alone, or that of all keys. */
  readonly cap: 'key' | 'total';

  constructor(cap: 'key' | 'total', maxConnections: number, waitedMs: number) {
    const scope = cap === 'key' ? 'for this user' : 'in total';
    super(
      `Cannot get a connection: all ${maxConnections} allowed ${scope} were in use for ${Math.round(waitedMs)} ms`,
    );
    this.cap = cap;
    this.reply = { status: 'NO', code: cap === 'key' ? 'LIMIT' : 'UNAVAILABLE' };
  }
}

/** The pool is shut down and gives nothing out any more. */
export class PoolClosedError extends ProxyError {
  readonly code = 'POOL_CLOSED';
  readonly fault = 'proxy';
  override readonly reply = { status: 'BYE', code: 'UNAVAILABLE' } as const;

  constructor() {
    super('Cannot get a connection: the pool is shut down');
  }
}
