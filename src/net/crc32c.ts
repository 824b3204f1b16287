/** The polynomial of Castagnoli, its bits in reverse (RFC 9260 appendix A). */
const POLYNOMIAL = 0x82f63b78;

/** CRC32c of `octets`, unsigned. Bit by bit: for what is short and rare. */
export function crc32c(octets: Uint8Array): number {
  let crc = 0xffffffff;
  for (const octet of octets) {
    crc ^= octet;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (POLYNOMIAL & -(crc & 1));
  }
  return ~crc >>> 0;
}
