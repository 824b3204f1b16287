import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Dovecot } from '../../support/dovecot.ts';
import { TempDirectory } from '../../support/temp-directory.ts';
import { base64, signedToken } from '../../support/tokens.ts';

const KEY = 'a key for tests only';
const LIFETIME_S = 600;

/** A Dovecot that takes passwords, and tokens by XOAUTH2 and OAUTHBEARER which it checks itself. */
export class TokenServer implements AsyncDisposable {
  readonly #directory: TempDirectory;
  readonly dovecot: Dovecot;

  private constructor(directory: TempDirectory, dovecot: Dovecot) {
    this.#directory = directory;
    this.dovecot = dovecot;
  }

  static async start(users: readonly string[]): Promise<TokenServer> {
    const directory = new TempDirectory('tokens');
    const settings = prepare(directory.path);
    return new TokenServer(directory, await Dovecot.start({ users, settings }));
  }

  get port(): number {
    return this.dovecot.port;
  }

  async stop(): Promise<void> {
    await this.dovecot.stop();
    this.#directory.remove();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}

/** A token that the server takes for `user`; another `serial` makes another token. */
export function tokenOf(user: string, serial = 1): string {
  return signedToken({ sub: user, exp: secondsFromNow(LIFETIME_S), jti: serial }, KEY);
}

/** Tokens that the server refuses: one that has ended, one signed by somebody else, and one that is not signed. */
export function badTokensOf(user: string): readonly string[] {
  return [
    signedToken({ sub: user, exp: secondsFromNow(-LIFETIME_S) }, KEY),
    signedToken({ sub: user, exp: secondsFromNow(LIFETIME_S) }, 'another key'),
    'ya29.opaque',
  ];
}

/** Writes what the server needs to check tokens into `directory`, and returns its settings for that. */
function prepare(directory: string): string {
  const keys = join(directory, 'default', 'HS256');
  mkdirSync(keys, { recursive: true });
  writeFileSync(join(keys, 'default'), base64(KEY));
  // The server reads the key as a user of its own.
  chmodSync(directory, 0o755);
  const config = join(directory, 'oauth2.conf');
  const lines = [
    'introspection_mode = local',
    `local_validation_key_dict = fs:posix:prefix=${directory}/`,
    'username_attribute = sub',
  ];
  writeFileSync(config, `${lines.join('\n')}\n`);
  return `\
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${config}
}
`;
}

function secondsFromNow(seconds: number): number {
  return Math.floor(Date.now() / 1000) + seconds;
}
