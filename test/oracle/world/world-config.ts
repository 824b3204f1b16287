import type { Config } from '../../../src/config/directives.ts';
import { loadConfig } from '../../../src/config/load.ts';
import type { Random } from '../random.ts';
import type { Character } from './character.ts';
import { LOGIN_TIMEOUT_MS } from './limits.ts';

/** What the proxy is told, different in each world. @throws Error when the proxy does not take it. */
export function configOf(random: Random, { directives: own }: Character): Config {
  const directives: Readonly<Record<string, string | number>> = {
    server_hostname: '192.0.2.1',
    server_port: 143,
    listen_address: '192.0.2.2',
    listen_port: 143,
    server_login_timeout: LOGIN_TIMEOUT_MS / 1000,
    cache_size: random.pick([20, 60, 500]),
    cache_expiration_time: random.pick([5, 60, 300]),
    max_parked_per_user: random.pick([1, 2, 4]),
    max_connections_per_user: random.pick([0, 0, 2]),
    announce_reuse: random.pick(['no', 'no', 'yes']),
    reauth_interval: random.pick([0, 60, 600]),
    server_lifetime: random.pick([0, 120, 3600]),
    server_max_uses: random.pick([0, 0, 3]),
    check_delay: random.pick([0, 5, 30]),
    park_idle: random.pick([0, 0, 5]),
    answer_from_memory: random.pick(['yes', 'yes', 'yes', 'no']),
    enable_select_cache: random.pick(['yes', 'no']),
    ...own,
  };
  const text = Object.entries(directives).map(([name, value]) => `${name} ${value}\n`);
  const { config, findings } = loadConfig('simulated.conf', text.join(''));
  const [finding] = findings;
  if (finding !== undefined)
    throw new Error(`The simulated configuration is wrong: ${JSON.stringify(finding)}`);
  return config;
}
