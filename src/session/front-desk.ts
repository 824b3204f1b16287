/** What a client that has not logged in may know and do, by where it comes from. */
import { plainAddress } from '../net/ip-address.ts';
import { type IdParameters, originatingFields } from '../protocol/id.ts';
import type { ClientOffer, OfferedProfile } from '../upstream/server-profile.ts';
import { answerAdmin } from './admin-commands.ts';
import type { PreLoginDesk } from './pre-login.ts';
import type { SessionContext } from './session-context.ts';
import type { SessionNames } from './session-names.ts';

/** Who comes by a Unix socket counts as on loopback. */
const LOOPBACK = '127.0.0.1';

export class FrontDesk implements PreLoginDesk {
  readonly #context: SessionContext;
  readonly #names: SessionNames;

  constructor(context: SessionContext, names: SessionNames) {
    this.#context = context;
    this.#names = names;
  }

  get offer(): ClientOffer {
    const { tls, mayLogInClear } = this.#context;
    const { origin } = this.#names;
    return {
      startTls: !origin.isEncrypted && tls() !== undefined,
      login: origin.isEncrypted || mayLogInClear(origin),
    };
  }

  /** The greeting, and the capabilities before login. */
  get profile(): OfferedProfile {
    return this.#context.profile.offer(this.offer);
  }

  get capabilityLine(): string {
    return this.profile.capabilityLine;
  }

  get serverId(): string {
    return this.#context.profile.id;
  }

  administer(tag: string, name: string, argument: string | undefined): string | undefined {
    const { administration, isAdmin } = this.#context;
    const { client, via } = this.#names.origin;
    const ends = [client?.address ?? LOOPBACK, via?.address ?? client?.address ?? LOOPBACK];
    if (administration === undefined || !ends.every(isAdmin)) return undefined;
    return answerAdmin(tag, name, argument, administration);
  }

  identified(parameters: IdParameters): void {
    const { client } = this.#names.origin;
    if (client === undefined || !this.#context.isTrusted(client.address)) return;
    const { address, port, sessionId } = originatingFields(parameters);
    this.#names.proxied(address === undefined ? undefined : plainAddress(address), port, sessionId);
  }
}
