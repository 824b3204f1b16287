import { ACCESS_DIRECTIVES, type AccessConfig } from './access-directives.ts';
import { CACHE_DIRECTIVES, type CacheConfig } from './cache-directives.ts';
import { CLIENT_DIRECTIVES, type ClientConfig } from './client-directives.ts';
import { CLIENT_TLS_DIRECTIVES, type ClientTlsConfig } from './client-tls-directives.ts';
import type { DirectivesFor } from './directive.ts';
import { LOG_DIRECTIVES, type LogConfig } from './log-directives.ts';
import { LOGIN_DIRECTIVES, type LoginConfig } from './login-directives.ts';
import { PROCESS_DIRECTIVES, type ProcessConfig } from './process-directives.ts';
import { SERVER_DIRECTIVES, type ServerConfig } from './server-directives.ts';
import { TLS_DIRECTIVES, type TlsConfig } from './tls-directives.ts';

/** Every setting of the daemon, checked and complete; times are in ms, secrets are `Secret`s. */
export interface Config
  extends ServerConfig,
    LoginConfig,
    TlsConfig,
    ClientConfig,
    ClientTlsConfig,
    AccessConfig,
    CacheConfig,
    ProcessConfig,
    LogConfig {}

/** The one table of directives, in the order in which they are documented. */
export const DIRECTIVES: DirectivesFor<Config> = {
  ...SERVER_DIRECTIVES,
  ...LOGIN_DIRECTIVES,
  ...TLS_DIRECTIVES,
  ...CLIENT_DIRECTIVES,
  ...CLIENT_TLS_DIRECTIVES,
  ...ACCESS_DIRECTIVES,
  ...CACHE_DIRECTIVES,
  ...PROCESS_DIRECTIVES,
  ...LOG_DIRECTIVES,
};

/** The keys of `DIRECTIVES` under the themes of the documentation; each key stands in exactly one of them. */
export const THEMES: readonly { readonly title: string; readonly keys: readonly (keyof Config)[] }[] = [
  { title: 'The IMAP server', keys: keysOf(SERVER_DIRECTIVES) },
  { title: 'Login to the server', keys: keysOf(LOGIN_DIRECTIVES) },
  { title: 'Encryption to the server', keys: keysOf(TLS_DIRECTIVES) },
  { title: 'Clients', keys: keysOf(CLIENT_DIRECTIVES) },
  { title: 'Encryption to clients', keys: keysOf(CLIENT_TLS_DIRECTIVES) },
  { title: 'Who the client is', keys: keysOf(ACCESS_DIRECTIVES) },
  { title: 'Server connections', keys: keysOf(CACHE_DIRECTIVES) },
  { title: 'The process', keys: keysOf(PROCESS_DIRECTIVES) },
  { title: 'Logs', keys: keysOf(LOG_DIRECTIVES) },
];

/** All keys of `Config`, in the order of `DIRECTIVES`. */
export const CONFIG_KEYS: readonly (keyof Config)[] = keysOf(DIRECTIVES);

/** The key behind each name as written in the file. */
export const KEYS_BY_NAME: ReadonlyMap<string, keyof Config> = new Map(
  CONFIG_KEYS.map((key) => [DIRECTIVES[key].name, key]),
);

/** `Object.keys` with the type it has here: the tables are literals of exactly their type. */
export function keysOf<Part extends object>(directives: DirectivesFor<Part>): (keyof Part)[] {
  return Object.keys(directives) as (keyof Part)[];
}
