import { BlockList, isIP } from 'node:net';

/** A set of networks that addresses are looked up in. */
export class Networks {
  readonly #list = new BlockList();

  /** `networks` are addresses, or addresses with a prefix length as in `10.0.0.0/8`. */
  constructor(networks: readonly string[]) {
    for (const network of networks) {
      const [address = '', prefix] = network.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      if (prefix === undefined) this.#list.addAddress(address, family);
      else this.#list.addSubnet(address, Number(prefix), family);
    }
  }

  /** Whether `address` lies in one of them; an IPv4 address in IPv6 form (`::ffff:127.0.0.1`) counts as what it is. */
  has(address: string): boolean {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const version = isIP(plain);
    return version !== 0 && this.#list.check(plain, version === 6 ? 'ipv6' : 'ipv4');
  }
}
