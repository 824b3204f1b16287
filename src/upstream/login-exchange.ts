/**
 * Logs in to the server with the client's credentials, in the safest form that the server takes.
 *
 * @see RFC 9051 sections 6.2.2 and 6.2.3, RFC 7888 (LITERAL+)
 */
import { type Capabilities, hasCapability } from '../protocol/capability.ts';
import { type IdParameters, withOrigin } from '../protocol/id.ts';
import { tokenExpiry } from '../protocol/token-expiry.ts';
import { authenticateByToken, authenticatePlain } from './authenticate.ts';
import { actingUser, type Credentials } from './credentials.ts';
import type { Dialogue } from './dialogue.ts';
import { Exchange, refusal, type StatusResponse } from './exchange.ts';
import { identify } from './id-exchange.ts';
import { chooseForm, type LoginForm } from './login-form.ts';
import { sharedCapabilities } from './shared-capabilities.ts';
import type { LoginFacts } from './upstream-connection.ts';
import { PreauthRefusedError } from './upstream-errors.ts';

/** What an operator may want of every login. */
export interface LoginOptions {
  /** Classic `auth_sasl_mech`. */
  readonly mechanism: 'auto' | 'login' | 'plain';
  /** Classic `preauth_command`: must be answered OK before the login. */
  readonly preauthCommand: string | undefined;
  /** Where the client comes from, to be told by ID ahead of the login. */
  readonly origin?: IdParameters;
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
  const { connection } = dialogue;
  const form = chooseForm(credentials, offered, options.mechanism, connection.encryption !== undefined);
  const { origin = [] } = options;
  const isIdentified = credentials.clientId !== undefined || origin.length > 0;
  let serverId: string | undefined;
  if (isIdentified && hasCapability(offered, 'ID')) {
    const parameters = withOrigin(credentials.clientId ?? [], origin);
    serverId = await identify(new Exchange(dialogue, nextTag()), parameters, offered);
  }
  if (options.preauthCommand !== undefined)
    await preauthenticate(dialogue, nextTag(), options.preauthCommand);
  const exchange = new Exchange(dialogue, nextTag());
  const status = await present(exchange, form, credentials, offered);
  if (status.status !== 'OK') throw refusal(status);
  const told = exchange.capabilities;
  const capabilities = told.length > 0 ? told : await askCapabilities(dialogue, nextTag());
  return { ...factsOf(exchange.notices, status, capabilities, credentials), serverId };
}

/** Asks the server for its capabilities; an answer without any gives an empty list. */
export async function askCapabilities(dialogue: Dialogue, tag: string): Promise<Capabilities> {
  const exchange = new Exchange(dialogue, tag);
  exchange.say(`${tag} CAPABILITY\r\n`);
  await exchange.completion();
  return exchange.capabilities;
}

async function preauthenticate(dialogue: Dialogue, tag: string, command: string): Promise<void> {
  const exchange = new Exchange(dialogue, tag);
  exchange.say(`${tag} ${command}\r\n`);
  const { status, words } = await exchange.completion();
  if (status !== 'OK') throw new PreauthRefusedError(words);
}

function present(
  exchange: Exchange,
  form: LoginForm,
  credentials: Credentials,
  offered: Capabilities,
): Promise<StatusResponse> {
  switch (form) {
    case 'LOGIN':
      return login(exchange, credentials, offered);
    case 'PLAIN':
      return authenticatePlain(exchange, credentials, offered);
    default:
      return authenticateByToken(exchange, form, credentials, offered);
  }
}

async function login(
  exchange: Exchange,
  { user, password }: Credentials,
  offered: Capabilities,
): Promise<StatusResponse> {
  exchange.say(`${exchange.tag} LOGIN `);
  await exchange.sayString(user, offered);
  exchange.say(' ');
  await exchange.sayString(password.expose(), offered);
  exchange.say('\r\n');
  return exchange.completion();
}

function factsOf(
  notices: Buffer,
  status: StatusResponse,
  capabilities: Capabilities,
  credentials: Credentials,
): Omit<LoginFacts, 'serverId'> {
  const isCodeTaken = status.code !== undefined && status.code.name !== 'CAPABILITY';
  const isToken = credentials.mechanism !== 'password';
  return {
    user: actingUser(credentials),
    ...sharedCapabilities(capabilities),
    text: isCodeTaken ? status.words : status.text,
    isCodeTaken,
    notices,
    isPlain: notices.length === 0 && !isCodeTaken,
    expiresAt: isToken ? tokenExpiry(credentials.password.expose()) : undefined,
  };
}
