/** A client that has not logged in: what it may ask, and what it is told. */
import { LimitExceededError } from '../base/errors.ts';
import { ArgumentReader } from '../protocol/astring.ts';
import { parseCapabilities } from '../protocol/capability.ts';
import { type CommandHead, parseCommandHead } from '../protocol/command-line.ts';
import { type IdParameters, readIdParameters } from '../protocol/id.ts';
import type { Credentials } from '../upstream/credentials.ts';
import type { ClientOffer } from '../upstream/server-profile.ts';
import { ADMIN_COMMANDS } from './admin-commands.ts';
import { type CollectedCommand, CommandCollector } from './command-collector.ts';
import { readLogin } from './login-arguments.ts';
import {
  bad,
  bye,
  type CapabilityForm,
  capabilities,
  completed,
  GO_AHEAD,
  idAnswer,
  loggedOut,
  no,
} from './replies.ts';
import {
  type GivenCredentials,
  parseMechanism,
  RefusedToken,
  SaslExchange,
  type SaslStep,
} from './sasl-exchange.ts';

/** Where the pre-login dialogue learns what it may say. */
export interface PreLoginDesk {
  /** Whether the client may begin TLS, and whether it may log in as things are. */
  readonly offer: ClientOffer;
  /** The capabilities to show, as one line of words. */
  readonly capabilityLine: string;
  /** What the server tells about itself, as the argument of an ID response. */
  readonly serverId: string;
  /** The answer to an `XPROXY_` command; undefined when this client may not ask, or it is none. */
  administer(tag: string, name: string, argument: string | undefined): string | undefined;
  /** The client has told who it is, or a proxy before us who its client is. */
  identified(parameters: IdParameters): void;
}

/** What the pre-login dialogue asks of its session. */
export interface PreLoginPort {
  reply(text: string): void;
  /** The client was told to begin TLS; nothing that it says before counts. */
  startTls(): void;
  /** The client has told who it is; nothing more of it is read until the session has answered `tag`. */
  logIn(tag: string, credentials: Credentials): void;
  /** The session ends; everything to be said has been said. */
  leave(reason: 'logout' | 'bad commands' | 'size limit'): void;
}

/** How many commands that make no sense are answered before the connection is closed; as Dovecot. */
const MAX_BAD_COMMANDS = 3;

export class PreLogin {
  readonly #port: PreLoginPort;
  readonly #desk: PreLoginDesk;
  readonly #collector: CommandCollector;
  #exchange: SaslExchange | RefusedToken | undefined;
  #badCommands = 0;
  /** The last that the client has told; it survives refused logins. */
  #clientId: IdParameters | undefined;
  #capabilityForm: CapabilityForm = 'response code';

  constructor(port: PreLoginPort, desk: PreLoginDesk) {
    this.#port = port;
    this.#desk = desk;
    this.#collector = new CommandCollector(() => port.reply(GO_AHEAD));
  }

  /** How this client is told its capabilities when it logs in; servers do not repeat what it asks for itself. */
  get capabilityForm(): CapabilityForm {
    return this.#capabilityForm;
  }

  /** Takes octets up to the end of a command, answers it, and returns the offset behind it. */
  feed(chunk: Buffer): number {
    try {
      const taken = this.#collector.feed(chunk);
      const command = this.#collector.take();
      if (command !== undefined) this.#handle(command);
      return taken;
    } catch (error) {
      if (!(error instanceof LimitExceededError)) throw error;
      this.#port.reply(bye('TOOBIG', error.message));
      this.#port.leave('size limit');
      return chunk.length;
    }
  }

  /**
   * Answers the login `tag`, which has failed, by the line `reply`; a client that is told by `challenge`, in base64,
   * why its token was refused has to answer that first.
   */
  refuse(tag: string, reply: string, challenge: string | undefined): void {
    if (challenge === undefined) {
      this.#port.reply(reply);
      return;
    }
    const refused = new RefusedToken(tag, reply);
    this.#step(refused, refused.begin(challenge));
  }

  #handle(command: CollectedCommand): void {
    const [first] = command.segments;
    const text = first?.text ?? Buffer.alloc(0);
    if (this.#exchange !== undefined) {
      this.#step(this.#exchange, this.#exchange.respond(text.toString('latin1')));
      text.fill(0);
      return;
    }
    const head = parseCommandHead(text, 0, text.length);
    if (head === undefined) {
      // The tag is not repeated: an answer must never carry what a browser was tricked into sending.
      this.#bad('* BAD Invalid tag\r\n');
    } else if (command.refusal === 'too big') {
      this.#port.reply(no(head.tag, 'LIMIT', 'Literal is too big'));
    } else if (command.refusal === 'out of place' && head.name === 'AUTHENTICATE') {
      this.#bad(bad(head.tag, 'Unexpected argument to Authenticate'));
    } else {
      this.#dispatch(head, command, text);
    }
  }

  #dispatch(head: CommandHead, command: CollectedCommand, text: Buffer): void {
    const { tag, name } = head;
    switch (name) {
      case 'CAPABILITY':
        this.#capabilityForm = 'untagged';
        this.#port.reply(capabilities(tag, this.#desk.capabilityLine));
        return;
      case 'NOOP':
        this.#port.reply(completed(tag));
        return;
      case 'ID':
        this.#identify(tag, argumentsOf(head, command, text));
        return;
      case 'LOGOUT':
        this.#port.reply(loggedOut(tag));
        this.#port.leave('logout');
        return;
      case 'STARTTLS':
        this.#startTls(tag, argumentsOf(head, command, text));
        return;
      case 'LOGIN':
        this.#login(tag, argumentsOf(head, command, text));
        for (const segment of command.segments) wipe(segment.text, segment.literal);
        return;
      case 'AUTHENTICATE':
        this.#authenticate(tag, argumentsOf(head, command, text));
        text.fill(0);
        return;
      case '':
        this.#bad(bad(tag, 'Null command'));
        return;
      default:
        this.#other(tag, name, argumentsOf(head, command, text));
    }
  }

  #identify(tag: string, args: ArgumentReader): void {
    const parameters = readIdParameters(args);
    if (parameters === undefined) {
      this.#bad(bad(tag, 'Invalid ID parameters'));
      return;
    }
    this.#clientId = parameters;
    this.#desk.identified(parameters);
    this.#port.reply(idAnswer(tag, this.#desk.serverId));
  }

  #startTls(tag: string, args: ArgumentReader): void {
    if (!this.#desk.offer.startTls) {
      this.#bad(bad(tag, 'Please login first'));
    } else if (!args.isAtEnd) {
      this.#bad(bad(tag, 'Unexpected argument to Starttls'));
    } else {
      this.#port.reply(`${tag} OK Begin TLS negotiation now\r\n`);
      this.#port.startTls();
    }
  }

  #other(tag: string, name: string, args: ArgumentReader): void {
    const answer = ADMIN_COMMANDS.has(name) ? this.#desk.administer(tag, name, args.readWord()) : undefined;
    if (answer !== undefined) this.#port.reply(answer);
    else if (ADMIN_COMMANDS.has(name)) this.#bad(`${tag} BAD Unrecognized command\r\n`);
    else this.#bad(bad(tag, 'Please login first'));
  }

  #login(tag: string, args: ArgumentReader): void {
    const given = readLogin(args);
    if (typeof given === 'string') this.#bad(bad(tag, given));
    else if (!this.#desk.offer.login) this.#port.reply(privacyRequired(tag));
    else this.#logIn(tag, given);
  }

  #authenticate(tag: string, args: ArgumentReader): void {
    const word = args.readWord();
    const initialResponse = args.readWord();
    const offered = parseCapabilities(this.#desk.capabilityLine);
    const mechanism = word === undefined ? undefined : parseMechanism(word, offered);
    if (word === undefined) {
      this.#bad(bad(tag, 'Missing required argument to Authenticate'));
    } else if (!this.#desk.offer.login) {
      this.#port.reply(privacyRequired(tag));
    } else if (mechanism === undefined) {
      this.#port.reply(`${tag} NO no mechanism available\r\n`);
    } else if (!args.isAtEnd) {
      this.#bad(bad(tag, 'Unexpected argument to Authenticate'));
    } else {
      const exchange = new SaslExchange(tag, mechanism);
      this.#step(exchange, exchange.begin(initialResponse));
    }
  }

  #step(exchange: SaslExchange | RefusedToken, step: SaslStep): void {
    this.#exchange = step.kind === 'challenge' ? exchange : undefined;
    switch (step.kind) {
      case 'challenge':
        this.#collector.expectLine();
        this.#port.reply(step.line);
        return;
      case 'credentials':
        this.#logIn(exchange.tag, step.credentials);
        return;
      case 'failure':
        this.#port.reply(bad(exchange.tag, step.text));
        return;
      case 'refusal':
        this.#port.reply(step.reply);
    }
  }

  #logIn(tag: string, given: GivenCredentials): void {
    this.#port.logIn(tag, { ...given, clientId: this.#clientId });
  }

  #bad(reply: string): void {
    this.#port.reply(reply);
    this.#badCommands += 1;
    if (this.#badCommands < MAX_BAD_COMMANDS) return;
    this.#port.reply(bye('CLIENTBUG', 'Too many invalid IMAP commands'));
    this.#port.leave('bad commands');
  }
}

/** RFC 9051 section 6.2.3, RFC 5530: the client is told before it gives more away. */
function privacyRequired(tag: string): string {
  return no(tag, 'PRIVACYREQUIRED', 'Login is possible only with TLS');
}

function argumentsOf(head: CommandHead, command: CollectedCommand, text: Buffer): ArgumentReader {
  const [first, ...others] = command.segments;
  return new ArgumentReader([
    { text: text.subarray(head.argumentsAt, head.end), literal: first?.literal },
    ...others,
  ]);
}

function wipe(...buffers: readonly (Buffer | undefined)[]): void {
  for (const buffer of buffers) buffer?.fill(0);
}
