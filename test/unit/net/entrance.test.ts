import { describe, expect, it } from 'vitest';
import { type ClientOrigin, UNIX_ORIGIN } from '../../../src/net/client-origin.ts';
import { type EntranceRules, enter, isAdmitted } from '../../../src/net/entrance.ts';
import { Networks } from '../../../src/net/networks.ts';
import { formatProxyHeader } from '../../../src/net/proxy-header.ts';
import { arriving, DESTINATION } from '../../support/arriving-socket.ts';
import { chunkingsOf } from '../../support/cuts.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { PlayedSocket, settle } from '../../support/played-socket.ts';

const PROXY = '192.0.2.90';
const CLIENT = { address: '203.0.113.7', port: 4711 };
const CONNECTED = { address: '198.51.100.1', port: 993 };
const TIMEOUT_MS = 1_000;
const COMMANDS = 'a LOGIN alice secret\r\nb SELECT INBOX\r\n';

const PROXIED: ClientOrigin = {
  client: CLIENT,
  destination: CONNECTED,
  via: { address: PROXY, port: 4000 },
  isEncrypted: false,
  isLocal: false,
};
const DIRECT: ClientOrigin = {
  client: { address: PROXY, port: 4000 },
  destination: DESTINATION,
  via: undefined,
  isEncrypted: false,
  isLocal: false,
};

interface Outcome {
  readonly origin?: ClientOrigin;
  /** What can be read of the socket that was let in. */
  readonly octets?: string;
  readonly error?: unknown;
}

interface Arrival {
  readonly socket: PlayedSocket;
  readonly clock: FakeClock;
  readonly outcome: Promise<Outcome>;
}

/** A client at `address` that comes to a door of which `changes` are the rules. */
function arrive(changes: Partial<EntranceRules> = {}, address: string | null = PROXY): Arrival {
  const socket = arriving(new PlayedSocket(), address);
  socket.on('error', () => {});
  const clock = new FakeClock();
  const open = { proxies: undefined, allowed: undefined, denied: undefined, tls: undefined };
  const rules = { ...open, timeoutMs: TIMEOUT_MS, ...changes };
  return { socket, clock, outcome: result(enter(socket, rules, clock)) };
}

/** At a door where connections begin with a header. */
function arriveProxied(changes: Partial<EntranceRules> = {}, address?: string | null): Arrival {
  return arrive({ proxies: new Networks([PROXY]), ...changes }, address);
}

async function result(entering: ReturnType<typeof enter>): Promise<Outcome> {
  try {
    const { socket, origin } = await entering;
    expect(socket.isPaused()).toBe(true);
    let octets = '';
    socket.on('data', (chunk: Buffer) => {
      octets += chunk.toString('latin1');
    });
    socket.resume();
    await settle();
    return { origin, octets };
  } catch (error) {
    return { error };
  }
}

async function refusal({ socket, clock, outcome }: Arrival): Promise<string> {
  const { error } = await outcome;
  expect(error).toMatchObject({ code: 'ENTRANCE_REFUSED', fault: 'client' });
  expect(socket.destroyed).toBe(true);
  expect(clock.pending).toBe(0);
  return String(error).replace('EntranceRefusedError: Cannot let the client in: ', '');
}

describe('enter', () => {
  it('lets everybody in where there are no rules, with all they have said', async () => {
    const { socket, outcome } = arrive();
    await socket.say(COMMANDS);
    expect(await outcome).toEqual({ origin: DIRECT, octets: COMMANDS });
  });

  it('refuses a client that has gone', async () => {
    expect(await refusal(arrive({}, null))).toBe('it has gone already');
    expect(await refusal(arriveProxied({}, null))).toBe('it has gone already');
  });

  it.each([1, 2] as const)('takes the client from a header of version %d', async (version) => {
    const header = formatProxyHeader(version, CLIENT, CONNECTED).toString('latin1');
    const { socket, clock, outcome } = arriveProxied();
    await socket.say(header + COMMANDS);

    expect(await outcome).toEqual({ origin: PROXIED, octets: COMMANDS });
    expect(clock.pending).toBe(0);
  });

  it.each([1, 2] as const)(
    'finds the end of a header of version %d however it is cut from what is pipelined behind it',
    async (version) => {
      const octets = Buffer.concat([
        formatProxyHeader(version, CLIENT, CONNECTED),
        Buffer.from('a NOOP\r\n'),
      ]);
      for (const chunks of chunkingsOf(octets)) {
        const { socket, outcome } = arriveProxied();
        for (const chunk of chunks) socket.push(Buffer.from(chunk));
        await settle();
        expect(await outcome).toEqual({ origin: PROXIED, octets: 'a NOOP\r\n' });
      }
    },
  );

  it.each([1, 2] as const)('reads a header of version %d that comes octet by octet', async (version) => {
    const { socket, clock, outcome } = arriveProxied();
    const header = formatProxyHeader(version, CLIENT, CONNECTED).toString('latin1');
    for (const octet of header) {
      expect(clock.pending).toBe(1);
      await socket.say(octet);
    }
    await socket.say(COMMANDS);
    expect(await outcome).toEqual({ origin: PROXIED, octets: COMMANDS });
  });

  it.each([1, 2] as const)(
    'takes a connection for what it looks like where version %d says so',
    async (version) => {
      const { socket, outcome } = arriveProxied();
      await socket.say(formatProxyHeader(version, undefined, undefined).toString('latin1') + COMMANDS);
      expect(await outcome).toEqual({ origin: DIRECT, octets: COMMANDS });
    },
  );

  it('takes a second header for what the client says', async () => {
    const { socket, outcome } = arriveProxied();
    const forged = 'PROXY TCP4 127.0.0.1 127.0.0.1 1 143\r\n';
    await socket.say(`${formatProxyHeader(1, CLIENT, CONNECTED)}${forged}`);
    expect(await outcome).toEqual({ origin: PROXIED, octets: forged });
  });

  it('hears no header from anybody else, however good', async () => {
    const arrival = arriveProxied({}, '192.0.2.91');
    arrival.socket.push(formatProxyHeader(1, CLIENT, CONNECTED));
    expect(await refusal(arrival)).toBe('it is not in trusted_networks, and proxy_protocol is on');
    expect(arrival.clock.pending).toBe(0);
  });

  it.each([
    ['a command', 'a LOGIN alice secret\r\n', 'it does not begin like one'],
    ['TLS', '\x16\x03\x01\x02\x00\x01', 'it does not begin like one'],
    ['a header in lower case', 'proxy TCP4 192.0.2.1 192.0.2.2 1 2\r\n', 'it does not begin like one'],
    ['a line without end', `PROXY TCP4 ${' '.repeat(200)}`, 'no line end within 107 octets'],
    [
      'a port too high',
      'PROXY TCP4 192.0.2.1 192.0.2.2 70000 2\r\n',
      'an address is none of TCP4, or a port is above 65535',
    ],
  ])('refuses %s in place of a header', async (_, octets, why) => {
    const arrival = arriveProxied();
    await arrival.socket.say(octets);
    const told = await refusal(arrival);
    expect(told).toBe(`its header of the PROXY protocol is malformed: ${why}`);
    expect(told).not.toContain('secret');
  });

  it.each([
    ['nothing', ''],
    ['half a header', 'PROXY TCP4 192'],
  ])('refuses a client that ends after %s', async (_, octets) => {
    for (const leave of ['cut', 'reset'] as const) {
      const arrival = arriveProxied();
      if (octets !== '') await arrival.socket.say(octets);
      if (leave === 'cut') await arrival.socket.cut();
      else arrival.socket.destroy(new Error('read ECONNRESET'));
      expect(await refusal(arrival)).toBe('it ended before its header of the PROXY protocol');
    }
  });

  it.each([
    ['nothing', ''],
    ['half a header', '\r\n\r\n\0\r\nQUIT\n\x21'],
  ])('refuses a client that says %s in time', async (_, octets) => {
    const arrival = arriveProxied();
    if (octets !== '') await arrival.socket.say(octets);
    arrival.clock.advance(TIMEOUT_MS - 1);
    await settle();
    expect(arrival.socket.destroyed).toBe(false);
    arrival.clock.advance(1);
    expect(await refusal(arrival)).toBe(`no header of the PROXY protocol within ${TIMEOUT_MS} ms`);
  });

  it('judges by the client that the proxy names, not by the proxy', async () => {
    const denied = new Networks([CLIENT.address]);
    const arrival = arriveProxied({ denied });
    await arrival.socket.say(formatProxyHeader(2, CLIENT, CONNECTED).toString('latin1'));
    expect(await refusal(arrival)).toBe('allow_networks and deny_networks forbid it');

    const allowed = arriveProxied({ allowed: new Networks([CLIENT.address]), denied: new Networks([PROXY]) });
    await allowed.socket.say(formatProxyHeader(2, CLIENT, CONNECTED).toString('latin1'));
    expect((await allowed.outcome).origin).toEqual(PROXIED);
  });
});

describe('isAdmitted', () => {
  const judge = (address: string, allowed?: readonly string[], denied?: readonly string[]): boolean =>
    isAdmitted(
      { ...DIRECT, client: { address, port: 1 } },
      {
        proxies: undefined,
        allowed: allowed && new Networks(allowed),
        denied: denied && new Networks(denied),
        tls: undefined,
        timeoutMs: 0,
      },
    );

  it.each<[string, readonly string[] | undefined, readonly string[] | undefined, boolean]>([
    ['192.0.2.1', undefined, undefined, true],
    ['192.0.2.1', ['192.0.2.0/24'], undefined, true],
    ['192.0.3.1', ['192.0.2.0/24'], undefined, false],
    ['192.0.2.1', undefined, ['192.0.2.0/24'], false],
    ['192.0.3.1', undefined, ['192.0.2.0/24'], true],
    ['192.0.2.1', ['192.0.2.0/24'], ['192.0.2.1'], false],
    ['192.0.2.2', ['192.0.2.0/24'], ['192.0.2.1'], true],
    ['2001:db8::1', ['192.0.2.0/24'], undefined, false],
    ['2001:db8::1', ['2001:db8::/32', '192.0.2.0/24'], undefined, true],
  ])('judges %s, allowed %j, denied %j: %s', (address, allowed, denied, expected) => {
    expect(judge(address, allowed, denied)).toBe(expected);
  });

  it('leaves a Unix socket to its permissions', () => {
    const nobody = new Networks([]);
    const everybody = new Networks(['0.0.0.0/0', '::/0']);
    const rules = { proxies: undefined, allowed: nobody, denied: everybody, tls: undefined, timeoutMs: 0 };
    expect(isAdmitted(UNIX_ORIGIN, rules)).toBe(true);
  });
});
