import { describe, expect, it } from 'vitest';
import { type Config, DIRECTIVES } from '../../../src/config/directives.ts';
import { resolveConfig } from '../../../src/config/resolve.ts';
import { connectsToItself, type Machine, thisMachine } from '../../../src/config/self-connection.ts';

const MACHINE: Machine = { hostname: 'gate', addresses: ['127.0.0.1', '::1', '192.0.2.5', '2001:db8::5'] };
const PORT = { serverPort: 143, listenPort: 143 };

const connects = (part: Partial<Config>) =>
  connectsToItself({ ...resolveConfig('f', []).config, ...part }, MACHINE);

describe('connectsToItself', () => {
  it('is true of the defaults alone', () => {
    expect(connects({})).toBe(true);
    expect(DIRECTIVES.serverPort.fallback).toBe(DIRECTIVES.listenPort.fallback);
  });

  it.each([
    'localhost',
    'LOCALHOST.',
    '127.0.0.1',
    '127.8.8.8',
    '::1',
    '0:0:0:0:0:0:0:1',
    '0.0.0.0',
    '192.0.2.5',
    '2001:DB8::5',
    'gate',
  ])('is true of the server %j when clients are accepted on all addresses', (serverHostname) => {
    expect(connects({ ...PORT, serverHostname })).toBe(true);
    expect(connects({ ...PORT, serverHostname, listenAddress: '::' })).toBe(true);
    expect(connects({ ...PORT, serverHostname, listenAddress: '0.0.0.0' })).toBe(true);
  });

  it.each([
    ['192.0.2.5', '192.0.2.5'],
    ['localhost', '127.0.0.1'],
    ['127.0.0.1', 'localhost'],
    ['localhost', '::1'],
    ['gate', 'gate'],
  ])('is true of the server %j when clients are accepted on %j', (serverHostname, listenAddress) => {
    expect(connects({ ...PORT, serverHostname, listenAddress })).toBe(true);
  });

  it.each([
    ['localhost', '192.0.2.5'],
    ['127.0.0.2', '127.0.0.1'],
    ['192.0.2.5', '127.0.0.1'],
    ['mail.example.org', '192.0.2.5'],
  ])('is false of the server %j when clients are accepted on %j', (serverHostname, listenAddress) => {
    expect(connects({ ...PORT, serverHostname, listenAddress })).toBe(false);
  });

  it('is false of a server elsewhere', () => {
    expect(connects({ ...PORT, serverHostname: 'mail.example.org' })).toBe(false);
    expect(connects({ ...PORT, serverHostname: '192.0.2.6' })).toBe(false);
  });

  it('is false when the ports differ, or the system picks one', () => {
    expect(connects({ listenPort: 1143 })).toBe(false);
    expect(connects({ listenPort: 0 })).toBe(false);
  });
});

describe('thisMachine', () => {
  it('knows a loopback address', () => {
    expect(thisMachine().addresses).toContain('127.0.0.1');
  });

  it('has no addresses where the system refuses to list them', () => {
    const refused = () => {
      throw new Error('uv_interface_addresses returned Unknown system error 97');
    };
    expect(thisMachine(refused)).toEqual({ ...thisMachine(), addresses: [] });
  });
});
