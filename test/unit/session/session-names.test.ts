import { describe, expect, it } from 'vitest';
import { type ClientOrigin, UNIX_ORIGIN } from '../../../src/net/client-origin.ts';
import { SessionNames } from '../../../src/session/session-names.ts';

const WEBMAIL = { address: '192.0.2.80', port: 5000 };
const HAPROXY = { address: '192.0.2.90', port: 6000 };
const ORIGIN: ClientOrigin = {
  client: WEBMAIL,
  destination: { address: '192.0.2.1', port: 143 },
  via: undefined,
  isEncrypted: false,
  isLocal: false,
};

describe('SessionNames', () => {
  it('gives each session a number and an id of its own', () => {
    const [first, second] = [new SessionNames(ORIGIN), new SessionNames(ORIGIN)];
    expect(second.number).toBe(first.number + 1);
    expect(second.id).not.toBe(first.id);
    expect(first.id).toMatch(/^[0-9a-z]+-\d+$/);
    expect(first.id).toMatch(new RegExp(`-${first.number}$`));
  });

  it('names the session and its client in the log', () => {
    const names = new SessionNames(ORIGIN);
    expect(names.forLog).toEqual({ session: names.id, client: '192.0.2.80:5000' });
    expect(new SessionNames(UNIX_ORIGIN).forLog.client).toBe('unix');
  });

  it('takes over the client and the id that a webmail tells', () => {
    const names = new SessionNames(ORIGIN);
    names.proxied('2001:db8::1', 4711, 'theirs');
    expect(names.origin).toEqual({ ...ORIGIN, client: { address: '2001:db8::1', port: 4711 }, via: WEBMAIL });
    expect(names.forLog).toEqual({ session: 'theirs', client: '2001:db8::1:4711' });
  });

  it('keeps what is not told', () => {
    const names = new SessionNames(ORIGIN);
    const { id } = names;
    names.proxied(undefined, 4711, undefined);
    expect(names.origin).toEqual(ORIGIN);
    expect(names.id).toBe(id);

    names.proxied('192.0.2.7', undefined, undefined);
    expect(names.origin.client).toEqual({ address: '192.0.2.7', port: 0 });
  });

  it('knows who has connected, whoever tells about the client behind', () => {
    const names = new SessionNames({ ...ORIGIN, via: HAPROXY });
    names.proxied('192.0.2.7', 1, undefined);
    expect(names.origin.via).toEqual(HAPROXY);
  });

  it('forgets with the begin of TLS what was told in clear', () => {
    const names = new SessionNames(ORIGIN);
    const { id } = names;
    names.proxied('192.0.2.7', 1, 'forged');

    names.encrypted(undefined);

    expect(names.origin).toEqual({ ...ORIGIN, isEncrypted: true });
    expect(names.id).toBe(id);
  });

  it('tells the log whose certificate the client has shown', () => {
    const names = new SessionNames(ORIGIN);
    names.encrypted({ subject: 'CN=webmail', fingerprint: 'AB' });

    expect(names.forLog).toMatchObject({ certificate: 'CN=webmail' });
  });
});
