import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../src/net/crc32c.ts';
import type { ProxyHeader } from '../../../src/net/proxied-connection.ts';
import { formatProxyHeader, ProxyHeaderReader } from '../../../src/net/proxy-header.ts';
import { chunkingsOf, transient } from '../../support/cuts.ts';

const SIGNATURE = '0d0a0d0a000d0a515549540a';
const V4_ENDS = '7f000001 0a000002 1f90 008f';
const V6_ENDS = `20010db8000000000000000000000001 20010db8000000000000000000000002 1f90 008f`;

const v4 = {
  source: { address: '127.0.0.1', port: 8080 },
  destination: { address: '10.0.0.2', port: 143 },
};
const v6 = {
  source: { address: '2001:db8::1', port: 8080 },
  destination: { address: '2001:db8::2', port: 143 },
};
const NO_FACTS = { authority: undefined, tls: undefined };

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

/** A header of version 2: command and family in hexadecimal, and what follows the length. */
function v2(command: string, family: string, body: string | Buffer): Buffer {
  const octets = typeof body === 'string' ? hex(body) : body;
  const length = Buffer.alloc(2);
  length.writeUInt16BE(octets.length);
  return Buffer.concat([hex(SIGNATURE), hex(command), hex(family), length, octets]);
}

function tlv(type: number, value: string | Buffer): Buffer {
  const octets = Buffer.from(value);
  const head = Buffer.alloc(3);
  head.writeUInt8(type);
  head.writeUInt16BE(octets.length, 1);
  return Buffer.concat([head, octets]);
}

function proxiedWith(...tlvs: readonly Buffer[]): Buffer {
  return v2('21', '11', Buffer.concat([hex(V4_ENDS), ...tlvs]));
}

interface Reading {
  readonly header: ProxyHeader | undefined;
  readonly taken: number;
}

function read(chunks: Iterable<Buffer>): Reading {
  const reader = new ProxyHeaderReader();
  let taken = 0;
  for (const chunk of chunks) taken += reader.feed(chunk);
  return { header: reader.header, taken };
}

function headerOf(octets: Buffer | string): ProxyHeader | undefined {
  return read([Buffer.from(octets)]).header;
}

const SAMPLES: readonly (readonly [string, Buffer, ProxyHeader])[] = [
  [
    'version 1, IPv4',
    Buffer.from('PROXY TCP4 127.0.0.1 10.0.0.2 8080 143\r\n'),
    { kind: 'proxied', ...v4, facts: NO_FACTS },
  ],
  [
    'version 1, IPv6 in any spelling',
    Buffer.from('PROXY TCP6 2001:DB8:0:0::1 2001:db8::0002 8080 143\r\n'),
    { kind: 'proxied', ...v6, facts: NO_FACTS },
  ],
  [
    'version 1, IPv4 within IPv6',
    Buffer.from('PROXY TCP6 ::ffff:127.0.0.1 ::FFFF:a00:2 8080 143\r\n'),
    { kind: 'proxied', ...v4, facts: NO_FACTS },
  ],
  ['version 1, unknown', Buffer.from('PROXY UNKNOWN\r\n'), { kind: 'local' }],
  ['version 1, unknown and more', Buffer.from('PROXY UNKNOWN ffff:f ::1 65536 x\r\n'), { kind: 'local' }],
  ['version 2, IPv4', v2('21', '11', V4_ENDS), { kind: 'proxied', ...v4, facts: NO_FACTS }],
  ['version 2, IPv6', v2('21', '21', V6_ENDS), { kind: 'proxied', ...v6, facts: NO_FACTS }],
  ['version 2, local', v2('20', '00', ''), { kind: 'local' }],
  ['version 2, local with octets that mean nothing', v2('20', '11', 'ffffff'), { kind: 'local' }],
  ['version 2, unspecified', v2('21', '00', 'ffffff'), { kind: 'local' }],
  ['version 2, Unix socket', v2('21', '31', Buffer.alloc(216)), { kind: 'local' }],
];

describe('ProxyHeaderReader', () => {
  it.each(SAMPLES)('reads %s, and nothing behind it', (_, octets, header) => {
    const more = Buffer.concat([octets, Buffer.from('a LOGIN alice secret\r\n')]);
    expect(read([more])).toEqual({ header, taken: octets.length });
    expect(read([octets, Buffer.from('a NOOP\r\n')])).toEqual({ header, taken: octets.length });
  });

  it.each(SAMPLES)('reads %s however it is cut', (_, octets, header) => {
    const more = Buffer.concat([octets, Buffer.from('a N')]);
    for (const chunks of chunkingsOf(more)) {
      expect(read(transient(chunks))).toEqual({ header, taken: octets.length });
    }
  });

  it.each(SAMPLES)('waits for the rest of %s', (_, octets) => {
    expect(read([octets.subarray(0, -1)])).toEqual({ header: undefined, taken: octets.length - 1 });
  });

  it.each([
    ['a command of IMAP', 'a1 LOGIN alice secret\r\n', 'it does not begin like one'],
    ['its beginning in lower case', 'proxy TCP4', 'it does not begin like one'],
    ['one octet', 'a', 'it does not begin like one'],
    ['a signature with a fault', '\r\n\r\n\0\r\nQUIT\r', 'it does not begin like one'],
    ['no end', `PROXY UNKNOWN ${'x'.repeat(200)}\r\n`, 'no line end within 107 octets'],
    ['no end and nothing more', `PROXY UNKNOWN ${'x'.repeat(93)}`, 'no line end within 107 octets'],
  ])('refuses %s', (_, text, reason) => {
    expect(headerOf(Buffer.from(text, 'latin1'))).toEqual({ kind: 'malformed', reason });
  });

  it.each([
    'PROXY \r\n',
    'PROXY UNKNOWNX\r\n',
    'PROXY UNKNOWN\n',
    'PROXY TCP4 127.0.0.1 10.0.0.2 8080 143\n',
    'PROXY TCP4 127.0.0.1 10.0.0.2 8080 143 \r\n',
    'PROXY TCP4  127.0.0.1 10.0.0.2 8080 143\r\n',
    'PROXY TCP4 127.0.0.1 10.0.0.2 8080\r\n',
    'PROXY TCP5 127.0.0.1 10.0.0.2 8080 143\r\n',
    'PROXY tcp4 127.0.0.1 10.0.0.2 8080 143\r\n',
    'PROXY TCP4 127.0.0.1 10.0.0.2 08080 143\r\n',
    'PROXY TCP4 127.0.0.1 10.0.0.2 +8080 143\r\n',
    'PROXY TCP4 127.0.0.1 10.0.0.2 8080 -1\r\n',
    'PROXY TCP4 127.0.0.1 10.0.0.2 0x1 143\r\n',
  ])('refuses the line %j', (line) => {
    const reason = 'expected PROXY TCP4, TCP6 or UNKNOWN, two addresses, two ports';
    expect(headerOf(line)).toEqual({ kind: 'malformed', reason });
  });

  it.each([
    ['TCP4', '127.0.0.1 10.0.0.2 8080 65536'],
    ['TCP4', '127.0.0.1 10.0.0.256 8080 143'],
    ['TCP4', '127.0.0.01 10.0.0.2 8080 143'],
    ['TCP4', '127.1 10.0.0.2 8080 143'],
    ['TCP4', '::1 ::1 8080 143'],
    ['TCP4', '::ffff:127.0.0.1 10.0.0.2 8080 143'],
    ['TCP6', '127.0.0.1 10.0.0.2 8080 143'],
    ['TCP6', '::1 10.0.0.2 8080 143'],
    ['TCP6', 'fe80::1%eth0 ::1 8080 143'],
    ['TCP6', ':::1 ::1 8080 143'],
    ['TCP6', 'localhost localhost 8080 143'],
  ])('refuses %s with %s', (family, ends) => {
    const reason = `an address is none of ${family}, or a port is above 65535`;
    expect(headerOf(`PROXY ${family} ${ends}\r\n`)).toEqual({ kind: 'malformed', reason });
  });

  const KIND = 'expected version 2 and the command LOCAL or PROXY';
  const STREAM = 'expected the addresses of a stream: of IPv4, IPv6 or a Unix socket';
  const SHORT = 'it is too short for its addresses';
  const LONG = 'it is longer than 4096 octets';
  const NOT_WHOLE = 'what follows the addresses does not end where it should';

  it.each([
    ['version 1 in form 2', v2('11', '11', V4_ENDS), KIND],
    ['version 3', v2('31', '11', V4_ENDS), KIND],
    ['an unknown command', v2('22', '11', V4_ENDS), KIND],
    ['datagrams of IPv4', v2('21', '12', V4_ENDS), STREAM],
    ['datagrams of IPv6', v2('21', '22', V6_ENDS), STREAM],
    ['datagrams of Unix', v2('21', '32', Buffer.alloc(216)), STREAM],
    ['an unknown family', v2('21', '41', V4_ENDS), STREAM],
    ['a stream of nothing', v2('21', '01', V4_ENDS), STREAM],
    ['half of two addresses of IPv4', v2('21', '11', V4_ENDS.slice(0, -2)), SHORT],
    ['addresses of IPv4 for IPv6', v2('21', '21', V4_ENDS), SHORT],
    ['a short path', v2('21', '31', Buffer.alloc(215)), SHORT],
    ['too much', v2('21', '11', Buffer.alloc(4081)), LONG],
    ['too much, announced', hex(`${SIGNATURE} 21 11 ffff`), LONG],
    ['one octet too many', proxiedWith(Buffer.alloc(1)), NOT_WHOLE],
    ['a value that is cut off', proxiedWith(hex('02 0005 616263')), NOT_WHOLE],
    ['TLS without its result', proxiedWith(tlv(0x20, hex('01'))), NOT_WHOLE],
    ['TLS with a value that is cut off', proxiedWith(tlv(0x20, hex('01 00000000 21 0005 61'))), NOT_WHOLE],
    ['a wrong checksum', proxiedWith(tlv(0x03, hex('00000000'))), 'its checksum is wrong'],
    ['a checksum of three octets', proxiedWith(tlv(0x03, hex('000000'))), 'its checksum is wrong'],
  ])('refuses %s', (_, octets, reason) => {
    expect(headerOf(octets)).toEqual({ kind: 'malformed', reason });
  });

  it('takes the longest header there may be, and no octet more of a longer one', () => {
    const filler = tlv(0x04, Buffer.alloc(4096 - 16 - 12 - 3));
    expect(read([proxiedWith(filler)])).toMatchObject({ header: { kind: 'proxied' }, taken: 4096 });
    expect(read([v2('21', '11', Buffer.alloc(60_000))]).taken).toBeLessThanOrEqual(4096);
  });

  it('tells for which host and under which TLS the client came', () => {
    const tls = Buffer.concat([
      hex('07 00000000'),
      tlv(0x21, 'TLSv1.3'),
      tlv(0x22, 'Ålice'),
      tlv(0x23, 'TLS_AES_256_GCM_SHA384'),
    ]);
    const octets = proxiedWith(
      tlv(0x01, 'imap'),
      tlv(0x02, 'mail.example.org'),
      tlv(0x20, tls),
      tlv(0xe0, 'x'),
    );

    expect(headerOf(octets)).toEqual({
      kind: 'proxied',
      ...v4,
      facts: {
        authority: 'mail.example.org',
        tls: {
          version: 'TLSv1.3',
          cipher: 'TLS_AES_256_GCM_SHA384',
          commonName: 'Ålice',
          isCertificateVerified: true,
        },
      },
    });
  });

  it.each([
    ['a certificate that failed', '07 00000001', { isCertificateVerified: false }],
    ['a certificate of the session', '05 00000000', { isCertificateVerified: true }],
    ['no certificate', '01 00000000', { isCertificateVerified: false }],
    ['no TLS', '00 00000000', undefined],
  ])('tells of %s', (_, value, expected) => {
    const header = headerOf(proxiedWith(tlv(0x20, hex(value))));
    const tls = expected && { version: undefined, cipher: undefined, commonName: undefined, ...expected };
    expect(header).toMatchObject({ facts: { tls } });
  });

  it('accepts a checksum that is right', () => {
    const octets = proxiedWith(tlv(0x03, Buffer.alloc(4)), tlv(0x02, 'a'));
    octets.writeUInt32BE(crc32c(octets), 16 + 12 + 3);
    expect(headerOf(octets)).toMatchObject({ kind: 'proxied', facts: { authority: 'a' } });
    octets[16] = 126;
    expect(headerOf(octets)).toEqual({ kind: 'malformed', reason: 'its checksum is wrong' });
  });
});

describe('crc32c', () => {
  it.each([
    ['', 0],
    ['123456789', 0xe3069283],
    ['\0'.repeat(32), 0x8a9136aa],
  ])('gives the published value of %j', (text, expected) => {
    expect(crc32c(Buffer.from(text))).toBe(expected);
  });
});

describe('formatProxyHeader', () => {
  it('writes version 1', () => {
    expect(formatProxyHeader(1, v4.source, v4.destination).toString()).toBe(
      'PROXY TCP4 127.0.0.1 10.0.0.2 8080 143\r\n',
    );
    expect(formatProxyHeader(1, v6.source, v6.destination).toString()).toBe(
      'PROXY TCP6 2001:db8::1 2001:db8::2 8080 143\r\n',
    );
  });

  it('writes version 2', () => {
    expect(formatProxyHeader(2, v4.source, v4.destination)).toEqual(v2('21', '11', V4_ENDS));
    expect(formatProxyHeader(2, v6.source, v6.destination)).toEqual(v2('21', '21', V6_ENDS));
  });

  it('writes addresses of IPv4 as such when a socket shows them in IPv6', () => {
    const source = { address: '::ffff:127.0.0.1', port: 8080 };
    const destination = { address: '::ffff:10.0.0.2', port: 143 };
    expect(formatProxyHeader(1, source, destination)).toEqual(
      formatProxyHeader(1, v4.source, v4.destination),
    );
    expect(formatProxyHeader(2, source, destination)).toEqual(v2('21', '11', V4_ENDS));
  });

  it('writes IPv4 within IPv6 beside an address of IPv6', () => {
    expect(formatProxyHeader(1, v4.source, v6.destination).toString()).toBe(
      'PROXY TCP6 ::ffff:127.0.0.1 2001:db8::2 8080 143\r\n',
    );
  });

  it('leaves out the zone of an address', () => {
    const header = formatProxyHeader(1, { address: 'fe80::1%eth0', port: 1 }, v6.destination);
    expect(header.toString()).toBe('PROXY TCP6 fe80::1 2001:db8::2 1 143\r\n');
  });

  it.each([
    [undefined, undefined],
    [undefined, v4.destination],
    [v4.source, undefined],
    [{ address: '', port: 0 }, v4.destination],
    [v4.source, { address: '/run/imapproxyd.sock', port: 0 }],
  ])('says for %j and %j that there is nobody behind', (source, destination) => {
    expect(formatProxyHeader(1, source, destination).toString()).toBe('PROXY UNKNOWN\r\n');
    expect(formatProxyHeader(2, source, destination)).toEqual(v2('20', '00', ''));
  });
});
