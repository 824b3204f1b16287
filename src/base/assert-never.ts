import { InvariantError } from './errors.ts';

/**
 * Ends a `switch` over a union: the compiler refuses a case that is not handled.
 *
 * @throws InvariantError when a value reaches it at run time all the same.
 */
export function assertNever(value: never): never {
  throw new InvariantError(`unexpected value ${JSON.stringify(value)}`);
}
