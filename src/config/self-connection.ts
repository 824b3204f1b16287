import { hostname, networkInterfaces } from 'node:os';
import type { Config } from './directives.ts';
import { canonicalHost } from './host.ts';

/** What of the machine decides whether an address is its own. */
export interface Machine {
  readonly hostname: string;
  /** Of all network interfaces, in the spelling of `canonicalHost`. */
  readonly addresses: readonly string[];
}

/**
 * The machine this runs on. Where the process may not list the network interfaces, as under systemd's
 * `RestrictAddressFamilies=` without AF_NETLINK, the machine is known by its name alone.
 */
export function thisMachine(interfaces: typeof networkInterfaces = networkInterfaces): Machine {
  return { hostname: canonicalHost(hostname()), addresses: addressesIn(interfaces) };
}

/**
 * Whether the server that `config` names is the listener that it opens, so that every login would be passed
 * round until no connection is left. Asks no name server: a name other than localhost and the machine's own
 * is trusted.
 */
export function connectsToItself(config: Config, machine: Machine): boolean {
  if (config.serverPort !== config.listenPort) return false;
  const server = canonicalHost(config.serverHostname);
  const listener = config.listenAddress === undefined ? '::' : canonicalHost(config.listenAddress);
  if (listener === '::' || listener === '0.0.0.0') {
    return isLoopback(server) || server === machine.hostname || machine.addresses.includes(server);
  }
  const heard = addressesOf(listener);
  return addressesOf(server).some((address) => heard.includes(address));
}

function addressesIn(interfaces: typeof networkInterfaces): readonly string[] {
  try {
    return Object.values(interfaces()).flatMap(
      (list) => list?.map(({ address }) => canonicalHost(address)) ?? [],
    );
  } catch {
    return [];
  }
}

function isLoopback(host: string): boolean {
  return (
    host === 'localhost' ||
    host === '::1' ||
    /^127\.[\d.]+$/.test(host) ||
    host === '0.0.0.0' ||
    host === '::'
  );
}

function addressesOf(host: string): readonly string[] {
  return host === 'localhost' ? ['127.0.0.1', '::1', host] : [host];
}
