import { getSystemErrorMessage } from 'node:util';
import { ProxyError } from '../base/errors.ts';

/** The machine does not give what the daemon needs before it can serve; the message names the directive or file. */
export class StartError extends ProxyError {
  readonly code = 'START';
  readonly fault = 'operator';

  /** @param cause why, if something else failed; its own words end the message. */
  constructor(message: string, cause?: unknown) {
    super(cause === undefined ? message : `${message}: ${reasonOf(cause)}`, { cause });
  }
}

/** What `error` says, without the code, call and path that Node.js puts around the system's words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('errno' in error) || typeof error.errno !== 'number') return error.message;
  // Negative from most calls of Node.js, positive from setuid and its like.
  return getSystemErrorMessage(-Math.abs(error.errno));
}
