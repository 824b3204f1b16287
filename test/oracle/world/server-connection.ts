/** The server's end of one connection: it does what the model says, and now and then what it should not. */
import type { Command } from '../imap/command.ts';
import type { Owner } from '../imap/connection-state.ts';
import { capabilities } from '../imap/execute.ts';
import { type Answer, type ModelPort, ServerModel } from '../imap/server-model.ts';
import type { Peer, PeerOwner } from '../network/peer.ts';
import type { Event } from '../network/ready-list.ts';
import type { Login } from './accounts.ts';
import type { ConnectionView } from './judge.ts';
import { ServerLogin, type ServerLoginPort } from './server-login.ts';
import type { Surprised } from './surprises.ts';
import type { World } from './world.ts';
import { answerWrongly, type WrongSpeaker } from './wrong-answers.ts';

const BYE = '* BYE Shutting down\r\n';

export class ServerConnection
  implements PeerOwner, ModelPort, ServerLoginPort, Event, ConnectionView, Surprised, WrongSpeaker
{
  readonly id: number;
  readonly #world: World;
  readonly #peer: Peer;
  readonly #entrance: ServerLogin;
  #model: ServerModel | undefined;
  /** Said, but not sent yet. */
  #held: Answer[] = [];
  /** Never says anything again. */
  #isDeaf = false;
  #isLoggingOut = false;
  #hasSaidBye = false;
  /** The last command. */
  #last: Command | undefined;
  login: Login | undefined;
  loggedInMs = 0;
  session: Owner = 0;
  uses = 0;
  spoiled: string | undefined;
  isDead = false;
  deliveredAtStart = 0;

  constructor(id: number, peer: Peer, world: World) {
    this.id = id;
    this.#peer = peer;
    this.#world = world;
    peer.belongTo(this);
    this.#entrance = new ServerLogin(world, this);
  }

  get delivered(): number {
    return this.#peer.outgoing.delivered - (this.#hasSaidBye ? BYE.length : 0);
  }

  get isInDoubt(): boolean {
    return this.#model !== undefined && this.#model.state.marks.doubt === this.session;
  }

  get isLeaving(): boolean {
    return this.isDead || this.#hasSaidBye;
  }

  get isQuiet(): boolean {
    return this.#isIdleWire && this.#model?.isAtBoundary === true;
  }

  get idler(): Owner | undefined {
    const owner = this.#model?.idlingFor;
    return owner !== undefined && owner > 0 && this.#mayInterrupt ? owner : undefined;
  }

  get holder(): Surprised['holder'] {
    if (!this.#mayInterrupt || this.#last === undefined) return 'unknown';
    if (!this.#isWithProxy) return 'a session';
    if (!this.#isIdleWire || this.#world.mayBeTaken(this.login?.identity ?? '')) return 'unknown';
    if (this.#model?.idlingFor !== undefined) return 'nobody, and it idles';
    return this.#last.name === 'NOOP' && this.isQuiet ? 'nobody' : 'unknown';
  }

  onText(text: string): void {
    if (this.isDead) return;
    this.#note('hears', text);
    if (this.#model === undefined) this.#entrance.feed(text);
    else this.#model.feed(text);
  }

  onEnd(): void {
    this.end();
  }

  onReset(): void {
    this.#die();
  }

  /** Sends FIN and is gone. */
  end(): void {
    this.#peer.close();
    this.#die();
  }

  reset(): void {
    this.#peer.reset();
    this.#die();
  }

  began(command: Command): void {
    if (this.isDead) return;
    this.#last = command;
    // Once client, proxy and server do not agree any more about where commands begin, nobody keeps a LOGOUT back.
    if (command.name === 'LOGOUT' && (this.#isWithProxy || this.isInDoubt)) this.#isLoggingOut = true;
    else if (!this.#isWithProxy) this.#world.judge.arrived(command, this);
    else if (command.name === 'CLOSE') this.#checkClose();
  }

  answer(answer: Answer): void {
    if (this.isDead) return;
    if (this.#isLoggingOut) {
      this.logOut(answer.tag);
      return;
    }
    const { random, character } = this.#world;
    const { wrongAnswer, heldAnswer } = character.misbehaviour;
    if (this.#isForProxyAlone(answer) && random.chance(wrongAnswer)) {
      answerWrongly(this.#last?.name ?? '', answer, this, random);
    } else if (this.#held.length > 0 || random.chance(heldAnswer)) {
      this.#hold(answer);
    } else {
      this.write(answer.text);
    }
  }

  granted(tag: string, login: Login): void {
    const { random, traits, character } = this.#world;
    const { loginNotice, wrongAnswer } = character.misbehaviour;
    this.login = login;
    this.loggedInMs = this.#world.clock.now();
    this.#world.loggedIn(login);
    this.#model = new ServerModel(login.identity, traits, this);
    const words = `${tag} OK [CAPABILITY ${capabilities(login.identity, traits)}] Logged in\r\n`;
    if (random.chance(wrongAnswer)) {
      this.spoil('its login was answered twice');
      this.write(`${words}${tag} OK Again\r\n`, true);
    } else if (random.chance(loginNotice)) {
      this.spoiled = 'its login was answered with a notice';
      this.session = this.#entrance.session;
      this.write(`* OK [ALERT] For you @${this.session}\r\n${words}`);
    } else {
      this.write(words);
    }
  }

  spoil(why: string): void {
    this.spoiled ??= why;
    if (this.session === 0) this.session = -1;
  }

  openForWriting(): void {
    const { state } = this.#model ?? {};
    if (state?.selection !== undefined) state.selection = { ...state.selection, isReadOnly: false };
  }

  write(text: string, isWhole = false): void {
    if (this.isDead || this.#isDeaf) return;
    this.#note('says', text);
    this.#peer.write(text, isWhole);
  }

  writeAtOnce(text: string): void {
    this.write(text, true);
    this.#peer.outgoing.happen();
  }

  writeLater(text: string): void {
    this.#hold({ kind: 'continuation', tag: '', owner: this.session, text });
  }

  sayLate(answer: Answer, ms: number): void {
    this.#world.clock.after(ms, () => this.write(answer.text));
  }

  sayBye(): void {
    if (this.#isWithProxy || this.#hasSaidBye || this.#held.length > 0) return;
    this.write(BYE);
    this.#hasSaidBye = true;
    if (this.#world.random.chance(0.5)) this.end();
    else this.spoil('it has said BYE');
  }

  deafen(): void {
    this.#isDeaf = true;
    this.#world.network.ready.remove(this);
  }

  logOut(tag: string): void {
    for (const { text } of this.#held) this.write(text);
    this.write(`* BYE Logging out\r\n${tag} OK Logout completed\r\n`);
    this.end();
  }

  /** Sends one of the answers held back: mostly the oldest, sometimes one that overtakes others. */
  happen(): void {
    const { random } = this.#world;
    const ahead = this.#held.findIndex(({ kind }) => kind === 'continuation');
    const free = ahead === -1 ? this.#held.length : ahead;
    const index = free > 1 && random.chance(0.4) ? random.below(free) : 0;
    const [answer] = this.#held.splice(index, 1);
    if (this.#held.length === 0) this.#world.network.ready.remove(this);
    if (answer !== undefined) this.write(answer.text);
  }

  /** Whether the last command was the proxy's own. */
  get #isWithProxy(): boolean {
    return this.#last === undefined || this.#last.owner === 0;
  }

  get #isIdleWire(): boolean {
    return this.#peer.outgoing.undelivered === 0 && this.#peer.incoming.undelivered === 0;
  }

  /** Whether what is said now stands between two answers. */
  get #mayInterrupt(): boolean {
    return !this.isDead && !this.#isDeaf && this.#held.length === 0;
  }

  /** With a session's mailbox open, the proxy asks for that session, which goes on whatever the answer is. */
  #isForProxyAlone({ kind }: Answer): boolean {
    const selectedBy = this.#model?.state.selection?.owner ?? 0;
    return this.#isWithProxy && kind === 'block' && selectedBy === 0 && this.#held.length === 0;
  }

  #checkClose(): void {
    const { selection } = this.#model?.state ?? {};
    if (selection?.isReadOnly !== false) return;
    this.#world.judge.fail(`The proxy has expunged the mailbox of session ${selection.owner}`);
  }

  #hold(answer: Answer): void {
    this.#held.push(answer);
    this.#world.network.ready.set(this, !this.#isDeaf);
  }

  #note(does: string, text: string): void {
    const { judge, clock } = this.#world;
    judge.note(this.session, `  ${clock.now()} ms: connection ${this.id} ${does}`, text);
  }

  #die(): void {
    this.isDead = true;
    this.#held = [];
    this.#world.network.ready.remove(this);
    this.#world.forget(this);
  }
}
