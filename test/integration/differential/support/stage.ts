import { Dovecot } from '../../../support/dovecot.ts';
import { waitUntil } from '../../../support/wait-until.ts';
import { InProcessProxy } from '../../support/in-process-proxy.ts';
import { MailStore, PASSWORD } from './mail-store.ts';
import { nameResponses } from './naming.ts';
import { type Place, type PlayOptions, play } from './player.ts';

/** A proxy under test, in whatever process it runs. */
export interface StagedProxy extends Place {
  stop(): Promise<void>;
  /** How many sessions were given a connection of an earlier one. */
  readonly reused: number;
}

/** Starts a proxy in front of the server on `serverPort` of the loopback address. */
export type StartProxy = (serverPort: number) => Promise<StagedProxy>;

/** What the clients of one player were told, named; one text for each response. */
export interface NamedTranscript {
  readonly connections: readonly { readonly name: string; readonly responses: readonly string[] }[];
  readonly sends: number;
}

function dovecotSettings(mail: string): string {
  return `\
passdb {
  driver = static
  args = password=${PASSWORD}
}
# Its files hold no paths, names or times that the proxy or the moment would decide about.
mail_location = sdbox:${mail}
mail_fsync = never
mail_plugins = acl quota
protocol imap {
  mail_plugins = acl quota imap_acl imap_quota
  imap_metadata = yes
}
mail_attribute_dict = file:${mail}/attributes
namespace inbox {
  mailbox Sent {
    auto = subscribe
    special_use = \\Sent
  }
}
plugin {
  acl = vfile
  quota = count:User quota
  quota_vsizes = yes
  quota_rule = *:storage=100M
}
# A process for each login would take longer than what it is asked for.
service imap {
  service_count = 0
  client_limit = 1
}
`;
}

/** One Dovecot, and as many proxies in front of it as play at the same time. */
export class Stage implements AsyncDisposable {
  readonly #mail: MailStore;
  readonly #dovecot: Dovecot;
  readonly proxies: readonly StagedProxy[];
  #players = 0;

  private constructor(mail: MailStore, dovecot: Dovecot, proxies: readonly StagedProxy[]) {
    this.#mail = mail;
    this.#dovecot = dovecot;
    this.proxies = proxies;
  }

  /** @param lanes how many plays can go on at a time; each has a proxy of its own. */
  static async open(lanes: number, startProxy: StartProxy = startInProcess): Promise<Stage> {
    const mail = new MailStore();
    const dovecot = await Dovecot.start({ users: [], settings: dovecotSettings(mail.location) });
    await mail.fill(dovecot.port);
    const proxies = await Promise.all(Array.from({ length: lanes }, () => startProxy(dovecot.port)));
    return new Stage(mail, dovecot, proxies);
  }

  /** The server itself. */
  get server(): Place {
    return { port: this.#dovecot.port, settled: async () => undefined };
  }

  /** Plays `scripts` one after the other at `place`, as a user whom nobody has been before. */
  async play(scripts: readonly string[], place: Place, options?: PlayOptions): Promise<NamedTranscript> {
    this.#players += 1;
    const user = `player${this.#players.toString(36).padStart(5, '0')}`;
    const names = { user, uidValidities: this.#mail.uidValidities };
    this.#mail.give(user);
    const connections: { name: string; responses: readonly string[] }[] = [];
    let sends = 0;
    for (const script of scripts) {
      const transcript = await play(script, place, { user, password: PASSWORD }, options);
      sends += transcript.sends;
      for (const { name, responses } of transcript.connections) {
        connections.push({ name, responses: nameResponses(responses, names) });
      }
    }
    this.#mail.take(user);
    return { connections, sends };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.proxies.map((proxy) => proxy.stop()));
    await this.#dovecot.stop();
    this.#mail.remove();
  }
}

/** More than one script needs; what players have left behind gives way, or there would soon be thousands. */
const MAX_CONNECTIONS = 8;

const WAIT_FOR_SETTLED = { what: 'the end of sessions whose clients have left' };

function isSettled(pool: ReturnType<InProcessProxy['snapshot']>, open: number): boolean {
  const isMoving = pool.connecting + pool.resetting + pool.waiting > 0;
  return !isMoving && pool.leased + pool.reserved <= open;
}

async function startInProcess(serverPort: number): Promise<StagedProxy> {
  const proxy = await InProcessProxy.start(serverPort, { cache_size: MAX_CONNECTIONS });
  return {
    port: proxy.port,
    settled: (open) => waitUntil(() => isSettled(proxy.snapshot(), open), WAIT_FOR_SETTLED),
    stop: () => proxy.stop(),
    get reused() {
      return proxy.snapshot().reused;
    },
  };
}
