/** What a proxy before us says of a connection that it has made for somebody else. */

/** One end of a TCP connection. */
export interface SocketEnd {
  /** An IP address as `plainAddress` gives it: RFC 5952, without a zone, and IPv4 as what it is. */
  readonly address: string;
  readonly port: number;
}

/** What it tells besides; undefined where it tells nothing. */
export interface ProxiedFacts {
  /** The host name that the client asked for: SNI, as a rule. */
  readonly authority: string | undefined;
  /** Undefined too when the client spoke no TLS. */
  readonly tls: ProxiedTls | undefined;
}

/** The TLS between the client and that proxy. */
export interface ProxiedTls {
  /** Such as `TLSv1.3`. */
  readonly version: string | undefined;
  readonly cipher: string | undefined;
  /** The common name in the certificate of the client. */
  readonly commonName: string | undefined;
  /** Whether the client showed a certificate, in this session, that the proxy has accepted. */
  readonly isCertificateVerified: boolean;
}

export type ProxyHeader =
  /** The connection is what it looks like: it is the proxy's own, or of a kind that has no addresses. */
  | { readonly kind: 'local' }
  | {
      readonly kind: 'proxied';
      readonly source: SocketEnd;
      readonly destination: SocketEnd;
      readonly facts: ProxiedFacts;
    }
  | { readonly kind: 'malformed'; readonly reason: string };

/** @param reason For the operator; holds nothing of what was sent. */
export function malformed(reason: string): ProxyHeader {
  return { kind: 'malformed', reason };
}
