import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Recording } from './recording.ts';
import { type ConversationHost, ServedConversation, type ServerCut } from './served-conversation.ts';

/**
 * A server on 127.0.0.1 that says what Dovecot has said in a recording, always the same, and nothing of it in the wrong
 * state: it knows who is logged in, whether a mailbox is open, whether it waits in IDLE or for a literal, and what was
 * switched on by ENABLE.
 */
export class AnsweringServer implements ConversationHost {
  readonly recording: Recording;
  readonly #server: Server;
  readonly #conversations = new Set<ServedConversation>();
  #cut: ServerCut | undefined;
  #hasCut = false;
  #sentOctets = 0;
  #writeEnds: number[] = [];
  #accepted = 0;
  #lastServed = 0;

  private constructor(recording: Recording) {
    this.recording = recording;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
      this.#accepted += 1;
      const conversation = new ServedConversation(socket, this, this.#accepted);
      this.#conversations.add(conversation);
      socket.on('close', () => this.#conversations.delete(conversation));
    });
  }

  static async listen(recording: Recording): Promise<AnsweringServer> {
    const server = new AnsweringServer(recording);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Sent since `count` was called last, on all connections. */
  get sentOctets(): number {
    return this.#sentOctets;
  }

  /** How many octets had been sent at the end of each write since then. */
  get writeEnds(): readonly number[] {
    return [...this.#writeEnds];
  }

  /** Whether the cut that `count` was given has come about. */
  get hasCut(): boolean {
    return this.#hasCut;
  }

  /** The number of the connection on which a command came last. */
  get lastServed(): number {
    return this.#lastServed;
  }

  /** Counts what is sent from 0 again, up to `cut` if there is one. */
  count(cut?: ServerCut): void {
    this.#sentOctets = 0;
    this.#writeEnds = [];
    this.#cut = cut;
    this.#hasCut = false;
  }

  /** Ends every connection. */
  hangUp(): void {
    for (const conversation of this.#conversations) conversation.end('FIN');
  }

  stop(): void {
    this.#server.close();
    for (const conversation of this.#conversations) conversation.end('RST');
  }

  grant(wanted: number): { readonly octets: number; readonly end: ServerCut['how'] | undefined } {
    const { afterOctets = Infinity, isPatient = false, how = 'FIN' } = (!this.#hasCut && this.#cut) || {};
    const left = afterOctets - this.#sentOctets;
    const octets = Math.min(wanted, left);
    this.#sentOctets += octets;
    this.#writeEnds.push(this.#sentOctets);
    if (wanted < left || (wanted === left && isPatient)) return { octets, end: undefined };
    this.#hasCut = true;
    return { octets, end: how };
  }

  served(conversation: number): void {
    this.#lastServed = conversation;
  }
}
