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
import { type IdParameters, idIn, withoutForgeable } from '../protocol/id.ts';
import type { Response } from '../protocol/response-line.ts';
import { encodeInitialResponse, formatPlain } from '../protocol/sasl.ts';
import { actingUser, type Credentials } from './credentials.ts';
import type { Answer, Dialogue } from './dialogue.ts';
import type { LoginFacts } from './upstream-connection.ts';
import {
  AuthorizationUnsupportedError,
  LoginRefusedError,
  PreauthRefusedError,
  PrivacyRequiredError,
  UpstreamGoneError,
  UpstreamProtocolError,
} from './upstream-errors.ts';

/** Largest literal sent without waiting to a server that offers LITERAL- (RFC 7888 section 5). */
const MAX_LITERAL_MINUS_OCTETS = 4096;

type StatusResponse = Extract<Response, { kind: 'status' }>;

/** What an operator may want of every login. */
export interface LoginOptions {
  /** Classic `auth_sasl_mech`. */
  readonly mechanism: 'auto' | 'login' | 'plain';
  /** Classic `preauth_command`: must be answered OK before the login. */
  readonly preauthCommand: string | undefined;
}

/**
 * Tells the server what the client has told about itself, gives the operator's command, logs in, and reads
 * the answer.
 *
 * @param nextTag gives a tag not used before on this connection.
 * @throws PrivacyRequiredError, AuthorizationUnsupportedError before anything is sent; PreauthRefusedError;
 *   LoginRefusedError for NO and BAD; UpstreamGoneError for BYE; and what {@link Dialogue.next} throws.
 */
export async function logIn(
  dialogue: Dialogue,
  nextTag: () => string,
  offered: Capabilities,
  credentials: Credentials,
  options: LoginOptions = { mechanism: 'auto', preauthCommand: undefined },
): Promise<LoginFacts> {
  if (hasCapability(offered, 'LOGINDISABLED')) throw new PrivacyRequiredError();
  const usesPlain = choosePlain(options.mechanism, offered, credentials);
  let serverId: string | undefined;
  if (credentials.clientId !== undefined && hasCapability(offered, 'ID')) {
    serverId = await identify(
      new Exchange(dialogue, nextTag()),
      withoutForgeable(credentials.clientId),
      offered,
    );
  }
  if (options.preauthCommand !== undefined)
    await preauthenticate(dialogue, nextTag(), options.preauthCommand);
  const exchange = new Exchange(dialogue, nextTag());
  if (usesPlain) await exchange.authenticatePlain(credentials, hasCapability(offered, 'SASL-IR'));
  else await exchange.login(credentials, offered);
  const status = await exchange.completion();
  if (status.status !== 'OK') throw refusal(status);
  const told = exchange.capabilities;
  const capabilities = told.length > 0 ? told : await askCapabilities(dialogue, nextTag());
  return { ...exchange.facts(status, capabilities, credentials), serverId };
}

/** Whatever the answer is: an ID that the server does not like must not keep its user out. */
async function identify(
  exchange: Exchange,
  parameters: IdParameters,
  offered: Capabilities,
): Promise<string | undefined> {
  try {
    await exchange.identify(parameters, offered);
  } catch (error) {
    if (!(error instanceof LoginRefusedError)) throw error;
  }
  return exchange.serverId;
}

function choosePlain(
  mechanism: LoginOptions['mechanism'],
  offered: Capabilities,
  credentials: Credentials,
): boolean {
  const hasPlain = hasCapability(offered, 'AUTH=PLAIN');
  const isNeeded = credentials.authorization !== undefined;
  if (isNeeded && !hasPlain && mechanism !== 'plain') throw new AuthorizationUnsupportedError();
  return isNeeded || mechanism === 'plain' || (mechanism === 'auto' && hasPlain);
}

async function preauthenticate(dialogue: Dialogue, tag: string, command: string): Promise<void> {
  dialogue.send(`${tag} ${command}\r\n`);
  const { status, words } = await new Exchange(dialogue, tag).completion();
  if (status !== 'OK') throw new PreauthRefusedError(words);
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
  /** Said but not sent yet: what needs no answer in between goes out in one write. */
  #unsent: Buffer[] = [];
  capabilities: Capabilities = [];
  /** What the server told about itself. */
  serverId: string | undefined;

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
      this.#say(`${this.#tag} AUTHENTICATE PLAIN ${response}\r\n`);
      return;
    }
    this.#say(`${this.#tag} AUTHENTICATE PLAIN\r\n`);
    await this.#continuation();
    this.#say(`${response}\r\n`);
  }

  async identify(parameters: IdParameters, offered: Capabilities): Promise<void> {
    if (parameters.length === 0) {
      this.#say(`${this.#tag} ID NIL\r\n`);
    } else {
      this.#say(`${this.#tag} ID (`);
      for (const [index, [name, value]] of parameters.entries()) {
        if (index > 0) this.#say(' ');
        await this.#string(name, offered);
        this.#say(' ');
        if (value === undefined) this.#say('NIL');
        else await this.#string(value, offered);
      }
      this.#say(')\r\n');
    }
    await this.completion();
  }

  async login(credentials: Credentials, offered: Capabilities): Promise<void> {
    this.#say(`${this.#tag} LOGIN `);
    await this.#string(credentials.user, offered);
    this.#say(' ');
    await this.#string(credentials.password.expose(), offered);
    this.#say('\r\n');
  }

  #say(octets: Buffer | string): void {
    this.#unsent.push(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets);
  }

  #next(): Promise<Answer> {
    if (this.#unsent.length > 0) this.#dialogue.send(Buffer.concat(this.#unsent));
    this.#unsent = [];
    return this.#dialogue.next();
  }

  async #string(octets: Buffer, offered: Capabilities): Promise<void> {
    const mayRush =
      hasCapability(offered, 'LITERAL+') ||
      (hasCapability(offered, 'LITERAL-') && octets.length <= MAX_LITERAL_MINUS_OCTETS);
    const formatted = formatString(octets, mayRush ? 'non-synchronizing' : 'synchronizing');
    this.#say(formatted.text);
    if (formatted.literal === undefined) return;
    this.#say('\r\n');
    if (!mayRush) await this.#continuation();
    this.#say(formatted.literal);
  }

  async #continuation(): Promise<void> {
    for (;;) {
      const answer = await this.#next();
      if (answer.response.kind === 'continuation') return;
      const status = this.#note(answer);
      if (status !== undefined) throw refusal(status);
    }
  }

  /** Reads up to the tagged response. */
  async completion(): Promise<StatusResponse> {
    for (;;) {
      const status = this.#note(await this.#next());
      if (status !== undefined) return status;
    }
  }

  facts(
    status: StatusResponse,
    capabilities: Capabilities,
    credentials: Credentials,
  ): Omit<LoginFacts, 'serverId'> {
    const isCodeTaken = status.code !== undefined && status.code.name !== 'CAPABILITY';
    return {
      user: actingUser(credentials),
      capabilities,
      capabilityLine: filterCapabilities(capabilities).join(' '),
      text: isCodeTaken ? status.words : status.text,
      isCodeTaken,
      notices: Buffer.concat(this.#notices),
      isPlain: this.#notices.length === 0 && !isCodeTaken,
    };
  }

  #note({ response, octets }: Answer): StatusResponse | undefined {
    const capabilities = capabilitiesIn(response);
    if (capabilities !== undefined) this.capabilities = capabilities;
    this.serverId = idIn(response) ?? this.serverId;
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
