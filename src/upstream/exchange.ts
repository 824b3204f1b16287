/** One command of the proxy's own, and the server's answer to it. */
import { formatString } from '../protocol/astring.ts';
import { type Capabilities, capabilitiesIn, hasCapability } from '../protocol/capability.ts';
import { idIn } from '../protocol/id.ts';
import type { Response } from '../protocol/response-line.ts';
import type { Answer, Dialogue } from './dialogue.ts';
import { LoginRefusedError, UpstreamGoneError, UpstreamProtocolError } from './upstream-errors.ts';

/** Largest literal sent without waiting to a server that offers LITERAL- (RFC 7888 section 5). */
const MAX_LITERAL_MINUS_OCTETS = 4096;

export type StatusResponse = Extract<Response, { kind: 'status' }>;
type Continuation = Extract<Response, { kind: 'continuation' }>;

export class Exchange {
  readonly tag: string;
  readonly #dialogue: Dialogue;
  readonly #notices: Buffer[] = [];
  /** Said but not sent yet: what needs no answer in between goes out in one write. */
  #unsent: Buffer[] = [];
  #capabilities: Capabilities = [];
  #serverId: string | undefined;

  /** `tag` was not used before on this connection. */
  constructor(dialogue: Dialogue, tag: string) {
    this.#dialogue = dialogue;
    this.tag = tag;
  }

  /** The last that the server has named; empty when it has not. */
  get capabilities(): Capabilities {
    return this.#capabilities;
  }

  /** What the server told about itself. */
  get serverId(): string | undefined {
    return this.#serverId;
  }

  /** Untagged responses besides capabilities, line endings included. */
  get notices(): Buffer {
    return Buffer.concat(this.#notices);
  }

  /** Says octets, a string in latin1; they are sent with the next wait for an answer. */
  say(octets: Buffer | string): void {
    this.#unsent.push(typeof octets === 'string' ? Buffer.from(octets, 'latin1') : octets);
  }

  /** Says a string (RFC 9051 section 4.3), as a literal where it has to be one. @throws as {@link continuation} */
  async sayString(octets: Buffer, offered: Capabilities): Promise<void> {
    const mayRush =
      hasCapability(offered, 'LITERAL+') ||
      (hasCapability(offered, 'LITERAL-') && octets.length <= MAX_LITERAL_MINUS_OCTETS);
    const formatted = formatString(octets, mayRush ? 'non-synchronizing' : 'synchronizing');
    this.say(formatted.text);
    if (formatted.literal === undefined) return;
    this.say('\r\n');
    if (!mayRush) await this.continuation();
    this.say(formatted.literal);
  }

  /**
   * Waits until the server asks for more.
   *
   * @throws LoginRefusedError when it says NO or BAD instead, and what {@link answer} throws.
   */
  async continuation(): Promise<void> {
    const answer = await this.answer();
    if (answer.kind === 'status') throw refusal(answer);
  }

  /** Waits for the tagged response. @throws what {@link answer} throws. */
  async completion(): Promise<StatusResponse> {
    const answer = await this.answer();
    if (answer.kind === 'status') return answer;
    throw new UpstreamProtocolError('login', 'a continuation line');
  }

  /**
   * Waits for the tagged response or for a continuation request, whichever comes.
   *
   * @throws UpstreamGoneError for BYE; UpstreamProtocolError; and what {@link Dialogue.next} throws.
   */
  async answer(): Promise<StatusResponse | Continuation> {
    if (this.#unsent.length > 0) this.#dialogue.send(Buffer.concat(this.#unsent));
    this.#unsent = [];
    for (;;) {
      const answer = await this.#dialogue.next();
      this.#note(answer);
      const { response } = answer;
      if (response.kind === 'continuation') return response;
      if (response.kind === 'status' && response.tag === this.tag) return response;
    }
  }

  #note({ response, octets }: Answer): void {
    const capabilities = capabilitiesIn(response);
    if (capabilities !== undefined) this.#capabilities = capabilities;
    this.#serverId = idIn(response) ?? this.#serverId;
    switch (response.kind) {
      case 'continuation':
        return;
      case 'malformed':
        throw new UpstreamProtocolError('login', 'a malformed line');
      case 'status':
        if (response.status === 'BYE') throw new UpstreamGoneError('login', response.text);
        if (response.tag === this.tag) return;
        if (response.tag !== undefined)
          throw new UpstreamProtocolError('login', 'a tagged response to no command');
    }
    if (capabilities === undefined) this.#notices.push(octets);
  }
}

/** The error that a login ends with when the server answers `status` to it before or instead of an OK. */
export function refusal(status: StatusResponse, challenge?: string): Error {
  if (status.status === 'OK')
    return new UpstreamProtocolError('login', 'an OK before the credentials were sent');
  return new LoginRefusedError(status.status === 'BAD' ? 'BAD' : 'NO', status.words, challenge);
}
