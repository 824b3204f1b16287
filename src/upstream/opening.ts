/** From a dialled connection to one on which a login may be sent: encryption, greeting, capabilities. */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import type { TlsClient } from '../net/tls-client.ts';
import { type Capabilities, hasCapability } from '../protocol/capability.ts';
import { type Greeting, isInterimGreeting, readGreeting } from '../protocol/greeting.ts';
import { Dialogue } from './dialogue.ts';
import { askCapabilities } from './login-exchange.ts';
import { startTls } from './starttls.ts';
import { UpstreamConnection } from './upstream-connection.ts';
import { TlsUnavailableError, UpstreamGoneError, UpstreamProtocolError } from './upstream-errors.ts';

/** Whether and when a connection is encrypted. */
export type UpstreamTls =
  | { readonly mode: 'off' }
  /** `auto`: STARTTLS where the server takes no login without it (LOGINDISABLED); the classic rule. */
  | { readonly mode: 'auto' | 'starttls' | 'implicit'; readonly client: TlsClient };

export interface OpeningOptions {
  /** The pool key of the login that is to follow. */
  readonly key: string;
  readonly tls: UpstreamTls;
  /** The handshake, in ms. */
  readonly handshakeTimeoutMs: number;
  /** Everything until the last dialogue ends, the login included, in ms. */
  readonly timeoutMs: number;
  /** What the server is known to offer over an encrypted connection. */
  readonly remembered: Capabilities | undefined;
}

/** A connection that has been greeted, and encrypted if it is to be. */
export interface Opened {
  /** Goes on with the login. */
  readonly dialogue: Dialogue;
  /** What the server offers from here on. */
  readonly offered: Capabilities;
  /** The words of its greeting. */
  readonly text: string;
}

type Welcome = Extract<Greeting, { kind: 'ok' }>;

/**
 * Opens the conversation on `dialled`; `during` names its occasion in errors. Where encryption is wanted,
 * nothing that the server said before it counts afterwards.
 *
 * @throws TlsFailedError, TlsUnavailableError, UpstreamTimeoutError, UpstreamGoneError,
 *   UpstreamProtocolError; the connection is destroyed then.
 */
export async function openDialogue(
  dialled: Socket,
  during: string,
  options: OpeningOptions,
  clock: Clock,
): Promise<Opened> {
  const { tls, key } = options;
  const deadline = clock.now() + options.timeoutMs;
  const left = (): number => Math.max(1, Math.ceil(deadline - clock.now()));
  const secure = (client: TlsClient, socket: Socket): Promise<Socket> =>
    client.secure(socket, Math.min(options.handshakeTimeoutMs, left()));
  const begin = (socket: Socket): Dialogue =>
    new Dialogue(new UpstreamConnection(socket, key, clock), clock, left(), during);

  let dialogue = begin(tls.mode === 'implicit' ? await secure(tls.client, dialled) : dialled);
  try {
    const { capabilities, text } = await readWelcome(dialogue);
    let offered = capabilities ?? (tls.mode === 'implicit' ? options.remembered : undefined);
    if (tls.mode === 'auto') offered ??= await ask(dialogue);
    if ((tls.mode === 'auto' || tls.mode === 'starttls') && wantsStartTls(tls.mode, offered)) {
      await startTls(dialogue);
      dialogue = begin(await secure(tls.client, dialogue.connection.release()));
      offered = undefined;
    }
    return { dialogue, offered: offered ?? (await ask(dialogue)), text };
  } catch (error) {
    dialogue.end();
    dialogue.connection.destroy();
    throw error;
  }
}

async function readWelcome(dialogue: Dialogue): Promise<Welcome> {
  let { response } = await dialogue.next();
  while (isInterimGreeting(response)) ({ response } = await dialogue.next());
  const greeting = readGreeting(response);
  switch (greeting.kind) {
    case 'ok':
      return greeting;
    case 'bye':
      throw new UpstreamGoneError('greeting', greeting.text);
    case 'preauth':
      // The server takes the proxy for somebody already: the client would be that somebody, and nothing
      // can be encrypted any more.
      throw new UpstreamProtocolError('greeting', 'PREAUTH');
    case 'malformed':
      throw new UpstreamProtocolError('greeting', 'no IMAP greeting');
  }
}

/** Where STARTTLS is demanded, a server that has not named its capabilities is simply told. */
function wantsStartTls(mode: 'auto' | 'starttls', offered: Capabilities | undefined): boolean {
  const isOffered = offered === undefined || hasCapability(offered, 'STARTTLS');
  if (mode === 'auto') return isOffered && hasCapability(offered ?? [], 'LOGINDISABLED');
  if (!isOffered) throw new TlsUnavailableError('the server does not offer STARTTLS');
  return true;
}

function ask(dialogue: Dialogue): Promise<Capabilities> {
  return askCapabilities(dialogue, dialogue.connection.nextTag());
}
