/**
 * Whether `text` is an IPv4 or IPv6 address (with zone or without) or a host name as in RFC 1123 section
 * 2.1.
 */
export function isHost(text: string): boolean {
  if (text.includes(':')) return isIpv6(text);
  return /^[\d.]+$/.test(text) ? isIpv4(text) : isName(text);
}

/** Whether `text` is an address, or an address with a prefix length as in `10.0.0.0/8`. */
export function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const isWide = address.includes(':');
  if (rest.length > 0 || !(isWide ? isIpv6(address) && !address.includes('%') : isIpv4(address)))
    return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (isWide ? 128 : 32));
}

/** The one spelling of an address or host name by which two of them can be compared. */
export function canonicalHost(text: string): string {
  if (text.includes(':') && isIpv6(text)) return new URL(bracketed(text)).hostname.slice(1, -1);
  return text.toLowerCase().replace(/\.$/, '');
}

function isIpv6(text: string): boolean {
  return /^[\da-f:.]+(?:%[\w.-]+)?$/i.test(text) && URL.canParse(bracketed(text));
}

function bracketed(address: string): string {
  const [withoutZone] = address.split('%');
  return `http://[${withoutZone}]/`;
}

function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return (
    parts.length === 4 && parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  );
}

function isName(text: string): boolean {
  const labels = text.replace(/\.$/, '').split('.');
  // The underscore is no host name to RFC 1123, but container networks hand out such names.
  return text.length <= 254 && labels.every((label) => /^(?!-)[\w-]{1,63}(?<!-)$/.test(label));
}
