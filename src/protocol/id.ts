/**
 * What client and server tell each other about themselves.
 *
 * @see RFC 2971 section 3.1 and 3.3
 */
import type { ArgumentReader } from './astring.ts';
import { LPAREN, RPAREN } from './octets.ts';
import type { Response } from './response-line.ts';

/** Field names and values in the client's order; a value may be NIL. */
export type IdParameters = readonly (readonly [name: Buffer, value: Buffer | undefined])[];

/** RFC 2971 section 3.3: at most 30 fields, names of 30 octets, values of 1024 octets. Dovecot says BYE to more. */
const MAX_FIELDS = 30;
const MAX_NAME_OCTETS = 30;
const MAX_VALUE_OCTETS = 1024;

/**
 * Fields by which a proxy tells a server that trusts it who its client is. Passed on from a client they
 * would let it choose the address that the server logs and limits.
 */
const FORGEABLE = /^x-(?:originating-|connected-|forward-|proxy-ttl$|session-|client-transport$)/i;

/** Reads the argument of an ID command; empty for NIL, undefined when it is no ID argument or over a limit. */
export function readIdParameters(args: ArgumentReader): IdParameters | undefined {
  if (!args.take(LPAREN)) {
    const isNil = args.readWord()?.toUpperCase() === 'NIL';
    return isNil && args.isAtEnd ? [] : undefined;
  }
  const fields: [Buffer, Buffer | undefined][] = [];
  while (!args.take(RPAREN)) {
    const name = args.readAString();
    const value = name === undefined ? undefined : readNString(args);
    if (name === undefined || value === undefined || fields.length === MAX_FIELDS) return undefined;
    if (name.length > MAX_NAME_OCTETS || value.octets.length > MAX_VALUE_OCTETS) return undefined;
    fields.push([name, value.isNil ? undefined : value.octets]);
  }
  return args.isAtEnd ? fields : undefined;
}

/** What a proxy that is trusted tells of its client by ID, as Dovecot's proxies do. */
export interface OriginatingFields {
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly sessionId: string | undefined;
}

const MAX_PORT = 65_535;

/** Longest session id that is taken over: it goes into every log line. */
const SESSION_ID = /^[\x21-\x7e]{1,64}$/;

/** The fields of `parameters` that tell where the client comes from, where they can be read. */
export function originatingFields(parameters: IdParameters): OriginatingFields {
  const fields = new Map(
    parameters.map(([name, value]) => [
      name.toString('latin1').toLowerCase(),
      value?.toString('latin1') ?? '',
    ]),
  );
  const port = fields.get('x-originating-port') ?? '';
  const sessionId = fields.get('x-session-id') ?? '';
  return {
    address: fields.get('x-originating-ip'),
    port: /^\d{1,5}$/.test(port) && Number(port) <= MAX_PORT ? Number(port) : undefined,
    sessionId: SESSION_ID.test(sessionId) ? sessionId : undefined,
  };
}

/** What the server is told: `origin` by us, and by the client `parameters`, without fields in which it could lie about that. */
export function withOrigin(parameters: IdParameters, origin: IdParameters): IdParameters {
  return [...origin, ...withoutForgeable(parameters)].slice(0, MAX_FIELDS);
}

/** The fields that a server may be told in the client's name. */
export function withoutForgeable(parameters: IdParameters): IdParameters {
  return parameters.filter(([name]) => !FORGEABLE.test(name.toString('latin1')));
}

/** The argument of an untagged ID response, as the server wrote it; undefined for any other response. */
export function idIn(response: Response): string | undefined {
  return response.kind === 'data' && response.name === 'ID' ? response.text : undefined;
}

function readNString(args: ArgumentReader): { readonly octets: Buffer; readonly isNil: boolean } | undefined {
  const isQuoted = !args.isAtAtom;
  const octets = args.readAString();
  if (octets === undefined) return undefined;
  return { octets, isNil: !isQuoted && octets.toString('latin1').toUpperCase() === 'NIL' };
}
