import type { IdParameters } from '../protocol/id.ts';
import type { LoginOccasion } from './login-request.ts';

/** How many proxies may still stand between us and the server: a chain that runs in a circle ends. */
const PROXY_TTL = 5;

/**
 * What the server is told about the client, as fields of an ID.
 *
 * @see Dovecot's documentation: Forwarding parameters in proxies
 */
export function originatingParameters({ origin, sessionId }: LoginOccasion): IdParameters {
  const { client, destination } = origin;
  const fields: Record<string, string> = { 'x-session-id': sessionId, 'x-proxy-ttl': String(PROXY_TTL) };
  if (client !== undefined) {
    fields['x-originating-ip'] = client.address;
    fields['x-originating-port'] = String(client.port);
  }
  if (destination !== undefined) {
    fields['x-connected-ip'] = destination.address;
    fields['x-connected-port'] = String(destination.port);
  }
  return Object.entries(fields).map(([name, value]) => [Buffer.from(name), Buffer.from(value)]);
}
