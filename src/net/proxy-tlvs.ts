/** What follows the addresses in a PROXY header. @see proxy-protocol.txt of HAProxy, section 2.2.1 and later */
import { crc32c } from './crc32c.ts';
import type { ProxiedFacts, ProxiedTls } from './proxied-connection.ts';

const AUTHORITY = 0x02;
const CRC32C = 0x03;
const SSL = 0x20;
const SSL_VERSION = 0x21;
const SSL_COMMON_NAME = 0x22;
const SSL_CIPHER = 0x23;

/** Bits of the first octet of {@link SSL}. */
const CLIENT_SSL = 0x01;
const CLIENT_CERTIFICATE = 0x02 | 0x04;

const TLV_FIXED_OCTETS = 3;
const CRC_OCTETS = 4;
/** Bits about the client, and the result of the check of its certificate: 0 is success. */
const SSL_FIXED_OCTETS = 5;

const NOT_WHOLE = 'what follows the addresses does not end where it should';

interface Tlv {
  readonly type: number;
  /** Where the value begins in the octets that were read. */
  readonly at: number;
  readonly value: Buffer;
}

/** Reads what begins at `from`, and checks `header` against its checksum if it has one. A text says what is wrong. */
export function parseTlvs(header: Buffer, from: number): ProxiedFacts | string {
  const tlvs = split(header, from);
  if (tlvs === undefined) return NOT_WHOLE;
  const checksum = find(tlvs, CRC32C);
  if (checksum !== undefined && !isIntact(header, checksum)) return 'its checksum is wrong';
  const ssl = find(tlvs, SSL);
  const tls = ssl === undefined ? undefined : parseTls(ssl.value);
  if (typeof tls === 'string') return tls;
  return { authority: textOf(tlvs, AUTHORITY), tls };
}

function split(octets: Buffer, from: number): readonly Tlv[] | undefined {
  const tlvs: Tlv[] = [];
  let at = from;
  while (at < octets.length) {
    const valueAt = at + TLV_FIXED_OCTETS;
    if (valueAt > octets.length) return undefined;
    const end = valueAt + octets.readUInt16BE(at + 1);
    if (end > octets.length) return undefined;
    tlvs.push({ type: octets.readUInt8(at), at: valueAt, value: octets.subarray(valueAt, end) });
    at = end;
  }
  return tlvs;
}

function find(tlvs: readonly Tlv[], wanted: number): Tlv | undefined {
  return tlvs.find(({ type }) => type === wanted);
}

function textOf(tlvs: readonly Tlv[], type: number): string | undefined {
  return find(tlvs, type)?.value.toString('utf8');
}

/** The checksum was made with zeros in its own place. */
function isIntact(header: Buffer, { at, value }: Tlv): boolean {
  if (value.length !== CRC_OCTETS) return false;
  const blank = Buffer.from(header).fill(0, at, at + CRC_OCTETS);
  return crc32c(blank) === value.readUInt32BE();
}

function parseTls(value: Buffer): ProxiedTls | undefined | string {
  if (value.length < SSL_FIXED_OCTETS) return NOT_WHOLE;
  const client = value.readUInt8(0);
  const tlvs = split(value, SSL_FIXED_OCTETS);
  if (tlvs === undefined) return NOT_WHOLE;
  if ((client & CLIENT_SSL) === 0) return undefined;
  return {
    version: textOf(tlvs, SSL_VERSION),
    cipher: textOf(tlvs, SSL_CIPHER),
    commonName: textOf(tlvs, SSL_COMMON_NAME),
    isCertificateVerified: (client & CLIENT_CERTIFICATE) !== 0 && value.readUInt32BE(1) === 0,
  };
}
