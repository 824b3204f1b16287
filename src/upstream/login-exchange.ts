/**
 * Logs in to the server with the client's credentials, in the safest form that the server takes.
 *
 * @see RFC 9051 sections 6.2.2 and 6.2.3, RFC 4616 (PLAIN), RFC 4959 (initial response), RFC 7888 (LITERAL+)
 */

import { formatString } from '../protocol/astring.ts';
import {
  type Capabilities,
  capabilitiesIn,
  filterCapabilities,
  hasCapability,
} from '../protocol/capability.ts';
import type { Response } from '../protocol/response-line.ts';
import { encodeInitialResponse, formatPlain } from '../protocol/sasl.ts';
import type { Credentials } from './credentials.ts';
import type { Answer, Dialogue } from './dialogue.ts';
import type { LoginFacts } from './upstream-connection.ts';
import {
  AuthorizationUnsupportedError,
  LoginRefusedError,
  PrivacyRequiredError,
  UpstreamGoneError,
  UpstreamProtocolError,
} from './upstream-errors.ts';

/** Largest literal sent without waiting to a server that offers LITERAL- (RFC 7888 section 5). */
const MAX_LITERAL_MINUS_OCTETS = 4096;

type StatusResponse = Extract<Response, { kind: 'status' }>;

/**
 * Sends AUTHENTICATE PLAIN where `offered` has it, else LOGIN, and reads the answer.
 *
 * @param nextTag gives a tag not used before on this connection.
 * @throws PrivacyRequiredError, AuthorizationUnsupportedError before anything is sent; LoginRefusedError for
 *   NO and BAD; UpstreamGoneError for BYE; and what {@link Dialogue.next} throws.
 */
export async function logIn(
  dialogue: Dialogue,
  nextTag: () => string,
  offered: Capabilities,
  credentials: Credentials,
): Promise<LoginFacts> {
  const hasPlain = hasCapability(offered, 'AUTH=PLAIN');
  // A server that takes no password at all in clear says so with both words missing (RFC 9051 section 6.2.3).
  if (hasCapability(offered, 'LOGINDISABLED')) throw new PrivacyRequiredError();
  if (!hasPlain && credentials.authorization !== undefined) throw new AuthorizationUnsupportedError();
  const tag = nextTag();
  const exchange = new Exchange(dialogue, tag);
  if (hasPlain) await exchange.authenticatePlain(credentials, hasCapability(offered, 'SASL-IR'));
  else await exchange.login(credentials, offered);
  const status = await exchange.completion();
  if (status.status !== 'OK') throw refusal(status);
  const told = exchange.capabilities;
  const capabilities = told.length > 0 ? told : await askCapabilities(dialogue, nextTag());
  return exchange.facts(status, capabilities);
}

/** Asks the server for its capabilities; an answer without any gives an empty list. */
export async function askCapabilities(dialogue: Dialogue, tag: string): Promise<Capabilities> {
  dialogue.send(`${tag} CAPABILITY\r\n`);
  const exchange = new Exchange(dialogue, tag);
  await exchange.completion();
  return exchange.capabilities;
}

class Exchange {
  readonly #dialogue: Dialogue;
  readonly #tag: string;
  readonly #notices: Buffer[] = [];
  capabilities: Capabilities = [];

  constructor(dialogue: Dialogue, tag: string) {
    this.#dialogue = dialogue;
    this.#tag = tag;
  }

  async authenticatePlain(credentials: Credentials, hasInitialResponse: boolean): Promise<void> {
    const payload = formatPlain({
      authorization: credentials.authorization ?? Buffer.alloc(0),
      authentication: credentials.user,
      password: credentials.password.expose(),
    });
    const response = encodeInitialResponse(payload);
    payload.fill(0);
    if (hasInitialResponse) {
      this.#dialogue.send(`${this.#tag} AUTHENTICATE PLAIN ${response}\r\n`);
      return;
    }
    this.#dialogue.send(`${this.#tag} AUTHENTICATE PLAIN\r\n`);
    await this.#continuation();
    this.#dialogue.send(`${response}\r\n`);
  }

  async login(credentials: Credentials, offered: Capabilities): Promise<void> {
    this.#dialogue.send(`${this.#tag} LOGIN `);
    await this.#string(credentials.user, offered);
    this.#dialogue.send(' ');
    await this.#string(credentials.password.expose(), offered);
    this.#dialogue.send('\r\n');
  }

  async #string(octets: Buffer, offered: Capabilities): Promise<void> {
    const mayRush =
      hasCapability(offered, 'LITERAL+') ||
      (hasCapability(offered, 'LITERAL-') && octets.length <= MAX_LITERAL_MINUS_OCTETS);
    const formatted = formatString(octets, mayRush ? 'non-synchronizing' : 'synchronizing');
    this.#dialogue.send(formatted.text);
    if (formatted.literal === undefined) return;
    this.#dialogue.send('\r\n');
    if (!mayRush) await this.#continuation();
    this.#dialogue.send(Buffer.from(formatted.literal));
  }

  async #continuation(): Promise<void> {
    for (;;) {
      const answer = await this.#dialogue.next();
      if (answer.response.kind === 'continuation') return;
      const status = this.#note(answer);
      if (status !== undefined) throw refusal(status);
    }
  }

  /** Reads up to the tagged response. */
  async completion(): Promise<StatusResponse> {
    for (;;) {
      const status = this.#note(await this.#dialogue.next());
      if (status !== undefined) return status;
    }
  }

  facts(status: StatusResponse, capabilities: Capabilities): LoginFacts {
    const hasOtherCode = status.code !== undefined && status.code.name !== 'CAPABILITY';
    return {
      capabilities,
      capabilityLine: filterCapabilities(capabilities).join(' '),
      text: hasOtherCode ? status.words : status.text,
      notices: Buffer.concat(this.#notices),
      isPlain: this.#notices.length === 0 && !hasOtherCode,
    };
  }

  #note({ response, octets }: Answer): StatusResponse | undefined {
    const capabilities = capabilitiesIn(response);
    if (capabilities !== undefined) this.capabilities = capabilities;
    if (response.kind === 'status') {
      if (response.status === 'BYE') throw new UpstreamGoneError('login', response.text);
      if (response.tag === this.#tag) return response;
      if (response.tag !== undefined)
        throw new UpstreamProtocolError('login', 'a tagged response to no command');
    }
    if (response.kind === 'malformed' || response.kind === 'continuation') {
      throw new UpstreamProtocolError('login', `a ${response.kind} line`);
    }
    if (capabilities === undefined) this.#notices.push(octets);
    return undefined;
  }
}

function refusal(status: StatusResponse): Error {
  if (status.status === 'OK')
    return new UpstreamProtocolError('login', 'an OK before the credentials were sent');
  return new LoginRefusedError(status.status === 'BAD' ? 'BAD' : 'NO', status.words);
}
