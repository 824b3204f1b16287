import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOf, ipv6Octets, plainAddress } from '../../../src/net/ip-address.ts';
import { formatProxyHeader, ProxyHeaderReader } from '../../../src/net/proxy-header.ts';
import { cutAt, transient } from '../../support/cuts.ts';

const MAX_OCTETS = 4096;
const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';

const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.ipV4().map((mapped) => `::ffff:${mapped}`),
  fc.constantFrom('::', '::1', '::1.2.3.4', '1::', '1:0:0:2::3', '::ffff:0:0'),
);
const end = fc.record({ address, port: fc.nat(65_535) });
const cuts = fc.array(fc.nat({ max: 300 }), { maxLength: 8 });

/** Octets that come near to a header more often than chance. */
const nearHeader = fc
  .tuple(
    fc.constantFrom(
      'PROXY ',
      'PROXY TCP4 ',
      'PROXY TCP6 ::1 ',
      'PROXY UNKNOWN',
      SIGNATURE,
      `${SIGNATURE}!`,
      '',
    ),
    fc.constantFrom('', '\x11\0\x0c', '\x11\0\x20', '\x21\0\x30', '\x21\x10\x00', ' 1.2.3.4 1.2.3.4 1 1'),
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom('', '\r\n', '\n', '\0'.repeat(5000)),
  )
  .map(([begin, middle, octets, rest]) =>
    Buffer.concat([Buffer.from(begin + middle, 'latin1'), octets, Buffer.from(rest, 'latin1')]),
  );

function read(chunks: Iterable<Buffer>): { readonly header: unknown; readonly taken: number } {
  const reader = new ProxyHeaderReader();
  let taken = 0;
  for (const chunk of chunks) taken += reader.feed(chunk);
  return { header: reader.header, taken };
}

describe('The PROXY header', () => {
  it('says after reading what was written, however it is cut, and leaves what follows', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<1 | 2>(1, 2),
        end,
        end,
        fc.uint8Array({ maxLength: 40 }),
        cuts,
        (version, source, destination, following, positions) => {
          const header = formatProxyHeader(version, source, destination);
          const all = Buffer.concat([header, following]);

          const reading = read(transient(cutAt(all, positions)));

          expect(reading.taken).toBe(header.length);
          expect(reading.header).toMatchObject({
            kind: 'proxied',
            source: { ...source, address: plainAddress(source.address) },
            destination: { ...destination, address: plainAddress(destination.address) },
          });
        },
      ),
    );
  });

  it('gives the same, and takes no more than it may, wherever random octets are cut', () => {
    fc.assert(
      fc.property(nearHeader, cuts, (octets, positions) => {
        const whole = read([octets]);
        const cut = read(transient(cutAt(octets, positions)));
        expect(cut.header).toEqual(whole.header);
        expect(whole.taken).toBeLessThanOrEqual(MAX_OCTETS);
        expect(cut.taken).toBeLessThanOrEqual(MAX_OCTETS);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('A plain address', () => {
  it('is the same after a way through its octets, and plain already', () => {
    fc.assert(
      fc.property(address, (text) => {
        const plain = plainAddress(text) ?? '';
        expect(plainAddress(plain)).toBe(plain);
        expect(addressOf(ipv6Octets(plain))).toBe(plain);
      }),
    );
  });
});
