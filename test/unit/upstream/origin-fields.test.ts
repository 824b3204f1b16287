import { describe, expect, it } from 'vitest';
import { type ClientOrigin, UNIX_ORIGIN } from '../../../src/net/client-origin.ts';
import { originatingParameters } from '../../../src/upstream/origin-fields.ts';

const ORIGIN: ClientOrigin = {
  client: { address: '2001:db8::7', port: 4711 },
  destination: { address: '192.0.2.1', port: 143 },
  via: { address: '192.0.2.90', port: 6000 },
  isEncrypted: true,
  isLocal: false,
};

function fieldsOf(origin: ClientOrigin): Record<string, string | undefined> {
  const parameters = originatingParameters({ origin, sessionId: 'k3-7' });
  return Object.fromEntries(parameters.map(([name, value]) => [name.toString(), value?.toString()]));
}

describe('originatingParameters', () => {
  it('tell the client itself, not the proxy before us, and what it has connected to', () => {
    expect(fieldsOf(ORIGIN)).toEqual({
      'x-session-id': 'k3-7',
      'x-proxy-ttl': '5',
      'x-originating-ip': '2001:db8::7',
      'x-originating-port': '4711',
      'x-connected-ip': '192.0.2.1',
      'x-connected-port': '143',
    });
  });

  it('tell no addresses of a client on a Unix socket', () => {
    expect(fieldsOf(UNIX_ORIGIN)).toEqual({ 'x-session-id': 'k3-7', 'x-proxy-ttl': '5' });
  });
});
