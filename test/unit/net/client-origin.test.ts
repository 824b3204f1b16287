import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import {
  type ClientOrigin,
  describeOrigin,
  originBehind,
  originOf,
  UNIX_ORIGIN,
} from '../../../src/net/client-origin.ts';
import { arriving } from '../../support/arriving-socket.ts';

const CLIENT = { address: '192.0.2.7', port: 4711 };
const DESTINATION = { address: '192.0.2.1', port: 143 };

function originFrom(address: string): ClientOrigin {
  const origin = originOf(arriving(new Socket(), address));
  if (origin === undefined) throw new Error('no origin');
  return origin;
}

describe('originOf', () => {
  it('tells both ends of a connection', () => {
    expect(originFrom('192.0.2.80')).toEqual({
      client: { address: '192.0.2.80', port: 4000 },
      destination: { address: '192.0.2.1', port: 143 },
      via: undefined,
      isEncrypted: false,
      isLocal: false,
    });
  });

  it.each([
    ['::ffff:192.0.2.80', '192.0.2.80'],
    ['2001:DB8:0::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
  ])('writes %s as %s', (address, plain) => {
    expect(originFrom(address).client?.address).toBe(plain);
  });

  it('tells nothing of a client that has gone, least of all that it is on a Unix socket', () => {
    const gone = arriving(new Socket(), null);
    expect(gone.localAddress).toBe('192.0.2.1');
    expect(originOf(gone)).toBeUndefined();
    expect(originOf(new Socket())).toBeUndefined();
  });
});

describe('originBehind', () => {
  it('puts the proxy behind the client', () => {
    const before = originFrom('192.0.2.80');
    expect(originBehind(before, CLIENT, DESTINATION, true)).toEqual({
      client: CLIENT,
      destination: DESTINATION,
      via: before.client,
      isEncrypted: true,
      isLocal: false,
    });
  });
});

describe('isLocal', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.255.0.9', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['128.0.0.1', false],
    ['::127.0.0.1', false],
    ['::2', false],
    ['192.0.2.1', false],
  ])('says of a client at %s: %s', (address, expected) => {
    expect(originFrom(address).isLocal).toBe(expected);
  });

  it('says it of a client on a Unix socket', () => {
    expect(UNIX_ORIGIN.isLocal).toBe(true);
  });

  it.each([
    ['127.0.0.1', '127.0.0.7', true],
    ['127.0.0.1', '192.0.2.7', false],
    ['192.0.2.80', '127.0.0.1', false],
  ])('looks at the whole way: from %s for %s', (before, address, expected) => {
    const origin = originBehind(originFrom(before), { address, port: 1 }, DESTINATION, false);
    expect(origin.isLocal).toBe(expected);
  });
});

describe('describeOrigin', () => {
  it('names the client', () => {
    expect(describeOrigin(originFrom('192.0.2.80'))).toBe('192.0.2.80:4000');
    expect(describeOrigin(UNIX_ORIGIN)).toBe('unix');
  });
});
