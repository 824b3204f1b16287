/** A client with its session, from connecting to its end, however abrupt that is. */
import type { Owner } from '../imap/connection-state.ts';
import { ResponseReader } from '../imap/response-reader.ts';
import type { Peer, PeerOwner } from '../network/peer.ts';
import type { Login } from './accounts.ts';
import { Expectation, OUT_OF_TURN } from './expectation.ts';
import type { SessionRecord } from './judge.ts';
import { Outbox } from './outbox.ts';
import { Speech } from './speech.ts';
import { spellLogin } from './spell-login.ts';
import type { Asked } from './trust.ts';
import type { World } from './world.ts';

/** What the client is up to: the next thing it will say. `reading`: nothing more. */
type Mood = 'arriving' | 'logging in' | 'working' | 'leaving' | 'reading' | 'gone';

/** How many commands a client gives at most before it waits for an answer. */
const MAX_OPEN = 6;

export class Client implements PeerOwner {
  readonly id: Owner;
  readonly #world: World;
  readonly #peer: Peer;
  readonly #login: Login;
  readonly #record: SessionRecord;
  readonly #reader = new ResponseReader();
  readonly #expectation: Expectation;
  readonly #speech: Speech;
  readonly #outbox: Outbox;
  #mood: Mood = 'arriving';
  #hasGreeting = false;
  #isLoggedIn = false;
  /** What was said behind the login before that was answered. */
  #early = '';
  #commandsLeft: number;
  #open = 0;
  #loginTag = '';
  #logoutTag = '';
  #asked: Asked | undefined;
  #hasToldId = false;
  #isListening = true;
  /** Whether it has said anything behind its login. */
  #hasSpoken = false;

  constructor(id: Owner, world: World, login: Login) {
    const { random } = world;
    this.id = id;
    this.#world = world;
    this.#login = login;
    this.#record = world.judge.register(id, login);
    this.#expectation = new Expectation(id, login.identity, world.traits);
    this.#speech = new Speech(id, random, world.character.tempers);
    this.#outbox = new Outbox(random);
    this.#commandsLeft = random.below(random.chance(0.2) ? 12 : 5);
    this.#peer = world.network.connectClient();
    this.#peer.belongTo(this);
  }

  /** Whether it may have a connection of `identity` on which the server has not heard of it, but only the proxy. */
  mayHoldUnseen(identity: string): boolean {
    return this.#login.identity === identity && this.#hasSpoken && this.#record.connection === undefined;
  }

  /** One action: a write, a decision, or the end. Tells whether it has done anything. */
  act(): boolean {
    const {
      random,
      character: { misbehaviour },
      isEnding,
    } = this.#world;
    if (!this.#isListening && random.chance(isEnding ? 1 : 0.05)) this.#listen(true);
    if (this.#mood === 'reading' || this.#mood === 'gone') {
      if (isEnding) this.#breakOff();
      return isEnding;
    }
    const isWaiting = this.#isWaiting;
    if (random.chance(isEnding ? 0.3 : misbehaviour.clientEnd)) this.#breakOff();
    else if (random.chance(misbehaviour.clientDeaf)) this.#listen(false);
    else if (!this.#outbox.isEmpty) this.#send();
    else if (this.#mood === 'arriving') this.#arrive();
    else if (this.#mood === 'working') this.#work();
    else if (this.#mood === 'leaving') this.#mood = 'reading';
    else if (random.chance(0.2) && this.#login.version === this.#login.account.version) this.#work();
    return !isWaiting;
  }

  /** Whether there is nothing to do before something has come. */
  get #isWaiting(): boolean {
    if (this.#mood === 'arriving') return !this.#hasGreeting;
    return this.#mood === 'working' && this.#outbox.isEmpty && this.#open >= MAX_OPEN;
  }

  onText(text: string): void {
    this.#world.judge.note(this.id, 'proxy ', text);
    for (const response of this.#reader.read(text)) {
      if (this.#mood !== 'gone') this.#hear(response);
    }
  }

  onEnd(): void {
    const half = this.#reader.rest;
    if (this.#isLoggedIn && half !== '') this.#check(this.#expectation.heardHalf(half));
    this.#peer.close();
    this.#forget();
  }

  onReset(): void {
    this.#forget();
  }

  #hear(response: string): void {
    if (!this.#hasGreeting) this.#hearGreeting(response);
    else if (this.#logoutTag !== '' && response.startsWith(`${this.#logoutTag} OK`)) this.#hearGoodbye();
    else if (response.startsWith('* BYE ')) return;
    else if (this.#isLoggedIn) this.#hearAnswer(response);
    else if (this.#loginTag !== '' && response.startsWith(`${this.#loginTag} `)) this.#hearVerdict(response);
    else if (response.startsWith('+')) this.#outbox.continued();
    else this.#hearBeforeLogin(response);
  }

  #hearGreeting(response: string): void {
    this.#hasGreeting = true;
    if (!/^\* (?:OK \[CAPABILITY |BYE )/.test(response)) this.#accuse(`the greeting ${response}`);
  }

  #hearAnswer(response: string): void {
    if (response.startsWith('+')) {
      if (!response.endsWith(OUT_OF_TURN)) this.#outbox.continued();
      this.#check(this.#expectation.continued(response));
      return;
    }
    this.#check(this.#expectation.heard(response));
    if (response.startsWith('* ') || response.endsWith(OUT_OF_TURN)) return;
    this.#open -= 1;
    this.#outbox.answered(response.split(' ', 1)[0] ?? '');
  }

  #hearVerdict(response: string): void {
    this.#outbox.answered(this.#loginTag);
    if (response.includes('[AUTHENTICATIONFAILED]')) this.#world.trust.heardRefusal(this.#login);
    if (!response.startsWith(`${this.#loginTag} OK`)) {
      this.#loginTag = '';
      this.#breakOff();
      return;
    }
    this.#hearBeforeLogin(response);
    this.#check(this.#world.trust.heardConsent(this.#login, this.#asked));
    this.#isLoggedIn = true;
    if (this.#mood === 'logging in') this.#mood = 'working';
    this.#expectation.said(this.#early);
  }

  /** The proxy may say what the server has told it, but nothing about anybody else. */
  #hearBeforeLogin(response: string): void {
    const identity = /\bXU=(\w+)/.exec(response)?.[1];
    if (identity !== undefined && identity !== this.#login.identity) this.#accuse(`the login of ${identity}`);
    if (/COMPRESS|UNAUTHENTICATE|GSSAPI|STARTTLS/.test(response)) this.#accuse(`hidden words: ${response}`);
    const notice = /For you @(\d+)/.exec(response)?.[1];
    const own = this.#hasToldId ? this.id : 0;
    if (notice !== undefined && Number(notice) !== own) this.#accuse(`somebody else's notice: ${response}`);
  }

  #hearGoodbye(): void {
    if (this.#isLoggedIn && !this.#expectation.isFulfilled)
      this.#accuse('the answer to LOGOUT before all others');
    this.#logoutTag = '';
  }

  #arrive(): void {
    const { random } = this.#world;
    if (!this.#hasGreeting && !random.chance(0.1)) return;
    if (random.chance(0.25)) {
      const isId = random.chance(0.5);
      this.#hasToldId ||= isId;
      this.#sayToProxy(isId ? `p1 ID ("session" "${this.id}")` : random.pick(['p2 CAPABILITY', 'p2 NOOP']));
      return;
    }
    this.#mood = 'logging in';
    this.#loginTag = 'p3';
    this.#asked = this.#world.trust.ask(this.#login);
    this.#outbox.add(spellLogin(this.#login, this.#loginTag, random));
  }

  #work(): void {
    const { random } = this.#world;
    if (this.#commandsLeft > 0) {
      if (this.#open >= MAX_OPEN || (this.#open > 0 && random.chance(0.45))) return;
      this.#commandsLeft -= 1;
      const { pieces, arrivals } = this.#speech.next();
      for (const [tag, text] of arrivals) {
        this.#record.sent.set(tag, [...(this.#record.sent.get(tag) ?? []), text]);
      }
      this.#open += arrivals.length;
      this.#outbox.add(pieces);
    } else if (random.chance(0.75)) {
      this.#logoutTag = 'z9';
      this.#mood = 'leaving';
      this.#outbox.add(this.#speech.logout(this.#logoutTag));
    } else {
      this.#breakOff();
    }
  }

  #send(): void {
    const next = this.#outbox.take();
    if (next === undefined) return;
    if (next.piece.isForProxy !== true) {
      if (!this.#hasSpoken) this.#record.spokeMs = this.#world.clock.now();
      this.#hasSpoken = true;
      if (this.#isLoggedIn) this.#expectation.said(next.text);
      else this.#early += next.text;
    }
    this.#world.judge.note(this.id, 'client', next.text);
    this.#peer.write(next.text);
  }

  #sayToProxy(line: string): void {
    this.#outbox.add([{ text: `${line}\r\n`, needsContinuation: false, tag: '', isForProxy: true }]);
  }

  #breakOff(): void {
    this.#outbox.clear();
    if (this.#mood === 'reading') {
      this.#peer.reset();
      this.#forget();
      return;
    }
    const end = this.#world.random.below(3);
    if (end === 0) {
      this.#mood = 'reading';
      this.#world.judge.note(this.id, 'client', '(end)');
      this.#expectation.ended();
      this.#peer.end();
      return;
    }
    if (end === 1) this.#peer.close();
    else this.#peer.reset();
    this.#forget();
  }

  #listen(isListening: boolean): void {
    this.#isListening = isListening;
    this.#peer.incoming.setReading(isListening);
  }

  #forget(): void {
    this.#mood = 'gone';
    this.#listen(true);
    this.#world.forgetClient(this);
  }

  #check(wrong: string | undefined): void {
    if (wrong !== undefined) this.#accuse(wrong);
  }

  #accuse(what: string): void {
    this.#world.judge.fail(`Session ${this.id} of ${this.#login.identity} was shown ${what}`);
  }
}
