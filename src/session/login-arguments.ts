import { Secret } from '../base/secret.ts';
import type { ArgumentReader } from '../protocol/astring.ts';
import { holdsNul } from '../protocol/sasl.ts';
import type { GivenCredentials } from './sasl-exchange.ts';

/** The credentials that the arguments of LOGIN give, or what is wrong with them, for a tagged BAD (RFC 9051 section 6.2.3). */
export function readLogin(args: ArgumentReader): GivenCredentials | string {
  const user = args.readAString();
  const password = user === undefined ? undefined : args.readAString();
  if (user === undefined || password === undefined) return 'Missing required argument to Login';
  if (!args.isAtEnd) return 'Unexpected argument to Login';
  if (holdsNul(user) || holdsNul(password)) return 'A name or password holds a NUL';
  return {
    mechanism: 'password',
    user: Buffer.from(user),
    authorization: undefined,
    password: new Secret(Buffer.from(password)),
  };
}
