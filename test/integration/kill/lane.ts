import { type ClientCut, type Played, play } from '../../conversations/player.ts';
import { AnsweringServer } from './answering-server.ts';
import { cleanLogin } from './clean-login.ts';
import type { Cut, Rehearsed, Scene } from './cuts.ts';
import { ProxyUnderTest } from './proxy-under-test.ts';
import { accountOf, type Recording } from './recording.ts';

/** The proxy's own words to a client whose server has gone. */
const OWN_WORDS = /^(?:\* BYE|\S+ NO) \[UNAVAILABLE\] [^\r\n]*\r\n$/;

/** A server, a proxy before it, and one client at a time. */
export class Lane {
  readonly #server: AnsweringServer;
  readonly #proxy: ProxyUnderTest;
  /** Whose connections are parked. */
  #user: string | undefined;
  /** Whether the only thing that has happened on a parked connection is one clean login. */
  #isFresh = false;
  /** What a login must look like, by user. */
  readonly #clean = new Map<string, string>();

  private constructor(server: AnsweringServer, proxy: ProxyUnderTest) {
    this.#server = server;
    this.#proxy = proxy;
  }

  static async open(recording: Recording): Promise<Lane> {
    const server = await AnsweringServer.listen(recording);
    return new Lane(server, await ProxyUnderTest.start(server.port));
  }

  /** @throws Error when the proxy does not stop, or has logged an error that nobody was told of */
  async close(): Promise<void> {
    const hasStopped = await this.#proxy.stop();
    this.#server.stop();
    if (!hasStopped) throw new Error('The proxy does not stop');
    complain(this.#proxy.newErrors());
  }

  /**
   * Plays a scene without a cut, to know its octets; once before that, so that the proxy has learned what it can.
   *
   * @throws Error when something is not as it must be
   */
  async rehearse(scene: Scene): Promise<Rehearsed> {
    const account = accountOf(scene.client);
    if (!this.#clean.has(account.user)) {
      this.#clean.set(account.user, await cleanLogin(this.#proxy.port, account));
    }
    await this.#prepare(scene);
    await this.#playWhole(scene);
    await this.#prepare(scene);
    const { writeEnds, received } = await this.#playWhole(scene);
    const rehearsed = {
      ...scene,
      writeEnds: { client: writeEnds, server: this.#server.writeEnds },
      received,
    };
    this.#isFresh = false;
    complain([await this.#complaintAboutLogin(scene), ...this.#proxy.newErrors()]);
    return rehearsed;
  }

  /**
   * Plays a scene up to a cut, and logs in again. Tells whether that login got the very connection that the client had
   * used.
   *
   * @throws Error when something is not as it must be
   */
  async make({ scene, by, ...cut }: Cut): Promise<boolean> {
    await this.#prepare(scene);
    this.#server.count(by === 'server' ? cut : undefined);
    const played = await this.#play(scene, by === 'client' ? cut : undefined);
    const hasSettled = await this.#proxy.settled();
    const isMade = by === 'client' ? played.ending === 'cut' : this.#server.hasCut;
    this.#server.count();
    const used = this.#server.lastServed;
    this.#isFresh = false;
    complain([
      isMade ? undefined : `the cut did not come about: ${played.ending}`,
      played.ending === 'hung' ? `the client waits in vain, after "${played.received}"` : undefined,
      foreignPart(played.received, scene.received),
      hasSettled ? undefined : 'a session or a connection does not come to its end',
      await this.#complaintAboutLogin(scene),
      ...this.#proxy.newErrors(),
    ]);
    const isReused = this.#server.lastServed === used;
    this.#isFresh = !isReused;
    return isReused;
  }

  /** Brings about what a scene finds, always the same: nothing, or one connection that has served it once. */
  async #prepare(scene: Scene): Promise<void> {
    const account = accountOf(scene.client);
    const isReady = this.#isFresh && this.#user === account.user && this.#proxy.parked === 1;
    if (scene.warmth === 'cold' || !isReady) {
      this.#server.hangUp();
      await this.#proxy.emptied();
    }
    this.#user = account.user;
    if (scene.warmth === 'cold') return;
    if (!isReady) complain([await this.#complaintAboutLogin(scene)]);
    this.#isFresh = false;
    await this.#playWhole(scene);
  }

  async #playWhole(scene: Scene): Promise<Played> {
    this.#server.count();
    const played = await this.#play(scene);
    const hasSettled = await this.#proxy.settled();
    complain([
      played.ending === 'left' ? undefined : `not cut, and ${played.ending} after "${played.received}"`,
      hasSettled ? undefined : 'not cut, and a session or a connection does not come to its end',
    ]);
    return played;
  }

  #play({ client, script }: Scene, cut?: ClientCut): Promise<Played> {
    return play(script, { port: this.#proxy.port, account: accountOf(client), cut });
  }

  async #complaintAboutLogin({ client }: Scene): Promise<string | undefined> {
    const account = accountOf(client);
    const received = await cleanLogin(this.#proxy.port, account);
    const hasSettled = await this.#proxy.settled();
    if (received !== this.#clean.get(account.user)) return `the next login was told "${received}"`;
    return hasSettled ? undefined : 'the next login does not come to its end';
  }
}

/** @throws Error with all `complaints`, if there are any */
function complain(complaints: readonly (string | undefined)[]): void {
  const [first, ...others] = complaints.filter((complaint) => complaint !== undefined);
  if (first !== undefined) throw new Error([first, ...others].join('; '));
}

/** What a client must have received is the beginning of `expected`; the proxy may say behind it that the server is gone. */
function foreignPart(received: string, expected: string): string | undefined {
  if (expected.startsWith(received)) return undefined;
  const lastLine = received.lastIndexOf('\n', received.length - 2) + 1;
  const isOwn = OWN_WORDS.test(received.slice(lastLine));
  if (isOwn && expected.startsWith(received.slice(0, lastLine))) return undefined;
  return `the client was told "${received}"`;
}
