import { Secret } from '../../src/base/secret.ts';
import { type Credentials, PoolKeys } from '../../src/upstream/credentials.ts';
import { PreLoginRun } from '../../test/support/pre-login-run.ts';

const LOGIN = 'A2 LOGIN hot17 hot17-secret\r\n';

const CREDENTIALS: Credentials = {
  mechanism: 'password',
  user: Buffer.from('hot17'),
  authorization: undefined,
  password: new Secret(Buffer.from('hot17-secret')),
  clientId: undefined,
};

/** From the octets of LOGIN to the key under which its connection is parked. */
export function loginCall(): () => void {
  const keys = new PoolKeys({ host: '127.0.0.1', port: 143, family: 0 });
  return () => {
    // The octets are wiped when they have been read, and a session reads one login.
    new PreLoginRun().feed(Buffer.from(LOGIN));
    keys.keyOf(CREDENTIALS);
  };
}
