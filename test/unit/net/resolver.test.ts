import { describe, expect, it } from 'vitest';
import {
  type Answer,
  type AskNameServers,
  DetachedResolver,
  detachResolution,
  nameServers,
  type ResolveHost,
  resolveBySystem,
} from '../../../src/net/resolver.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { waitUntil } from '../../support/wait-until.ts';

const knowsNothing = async (): Promise<never> => {
  throw new Error('queryA ENOTFOUND mail.example');
};

describe('DetachedResolver', () => {
  it('refreshes addresses that name servers know, when their time is over', async () => {
    const clock = new FakeClock();
    const servers = new NameServers({ 4: [{ address: '192.0.2.1', ttl: 60 }] });
    const resolver = await prepare(clock, ['192.0.2.1'], servers);
    servers.answers = { 4: [{ address: '192.0.2.2', ttl: 60 }] };

    clock.advance(59_999);
    expect(await resolver.resolve()).toEqual(['192.0.2.1']);
    clock.advance(1);
    expect(await resolver.resolve()).toEqual(['192.0.2.1']);
    await waitUntil(async () => (await resolver.resolve()).includes('192.0.2.2'), {
      what: 'the new address',
    });
    expect(resolver.isRefreshed).toBe(true);
  });

  it('asks once however many logins find the addresses outdated', async () => {
    const clock = new FakeClock();
    const servers = new NameServers({ 4: [{ address: '192.0.2.1', ttl: 60 }] });
    const resolver = await prepare(clock, ['192.0.2.1'], servers);
    const questionsBefore = servers.questions;

    clock.advance(60_000);
    await Promise.all([resolver.resolve(), resolver.resolve(), resolver.resolve()]);

    // One for each family.
    expect(servers.questions - questionsBefore).toBe(2);
  });

  it('keeps the addresses of /etc/hosts, which name servers do not know', async () => {
    const clock = new FakeClock();
    const servers = new NameServers({ 4: [{ address: '198.51.100.9', ttl: 60 }] });
    const resolver = await prepare(clock, ['192.0.2.1'], servers);

    clock.advance(24 * 3_600_000);
    await resolver.resolve();

    expect(await resolver.resolve()).toEqual(['192.0.2.1']);
    expect(resolver.isRefreshed).toBe(false);
  });

  it('keeps what it knows while the name servers are silent', async () => {
    const clock = new FakeClock();
    const servers = new NameServers({ 4: [{ address: '192.0.2.1', ttl: 60 }] });
    const resolver = await prepare(clock, ['192.0.2.1'], servers);
    servers.answers = {};

    clock.advance(60_000);
    await resolver.resolve();
    clock.advance(60_000);

    expect(await resolver.resolve()).toEqual(['192.0.2.1']);
  });

  it('learns later a name that nobody knew at the start', async () => {
    const clock = new FakeClock();
    const servers = new NameServers({});
    const resolver = await prepare(clock, [], servers);
    await expect(resolver.resolve()).rejects.toThrow('No name server knows mail.example');
    servers.answers = { 4: [{ address: '192.0.2.1', ttl: 60 }] };

    clock.advance(30_000);

    expect(await resolver.resolve()).toEqual(['192.0.2.1']);
  });

  it('keeps the family first that the system put first', async () => {
    const servers = new NameServers({
      4: [{ address: '192.0.2.1', ttl: 60 }],
      6: [{ address: '2001:db8::1', ttl: 60 }],
    });
    const resolver = await prepare(new FakeClock(), ['2001:db8::1', '192.0.2.1'], servers);

    expect(await resolver.resolve()).toEqual(['2001:db8::1', '192.0.2.1']);
  });

  it('waits no longer than 5 s for the first addresses', async () => {
    const clock = new FakeClock();
    const never = (): Promise<never> => new Promise(() => undefined);
    const preparing = DetachedResolver.prepare('mail.example', 0, clock, never, never);

    clock.advance(5_000);

    expect((await preparing).isRefreshed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('asks nobody for what is an address already', async () => {
    const resolver = await DetachedResolver.prepare('::1', 0, new FakeClock(), knowsNothing, knowsNothing);

    expect(await resolver.resolve()).toEqual(['::1']);
  });

  it('works with the resolvers of the machine', async () => {
    const resolver = await DetachedResolver.prepare(
      'localhost',
      4,
      new FakeClock(),
      resolveBySystem,
      (...args) => nameServers()(...args),
    );

    expect(await resolver.resolve()).toContain('127.0.0.1');
  });
});

describe('detachResolution', () => {
  it('knows the first name by the system and later ones by the name servers', async () => {
    const servers = new NameServers({ 4: [{ address: '198.51.100.9', ttl: 60 }] });
    const bySystem: ResolveHost = async () => ['192.0.2.1'];
    const resolve = await detachResolution('mail.example', 0, new FakeClock(), bySystem, servers.ask);

    expect(await resolve('mail.example', 0)).toEqual(['192.0.2.1']);
    expect(await resolve('other.example', 0)).toEqual(['198.51.100.9']);
    expect(await resolve('mail.example', 4)).toEqual(['198.51.100.9']);
    expect(await resolve('127.0.0.1', 0)).toEqual(['127.0.0.1']);
  });

  it('asks for a later name once', async () => {
    const servers = new NameServers({ 4: [{ address: '198.51.100.9', ttl: 60 }] });
    const resolve = await detachResolution('::1', 0, new FakeClock(), knowsNothing, servers.ask);

    await resolve('other.example', 4);
    await resolve('other.example', 4);

    expect(servers.questions).toBe(1);
  });
});

/** What the domain name system answers, by family; nothing for a family that is not there. */
class NameServers {
  answers: { readonly [family in 4 | 6]?: readonly Answer[] };
  questions = 0;

  constructor(answers: NameServers['answers']) {
    this.answers = answers;
  }

  readonly ask: AskNameServers = async (_host, family) => {
    this.questions += 1;
    return this.answers[family] ?? knowsNothing();
  };
}

function prepare(
  clock: FakeClock,
  bySystem: readonly string[],
  servers: NameServers,
): Promise<DetachedResolver> {
  const system: ResolveHost = async () => (bySystem.length > 0 ? bySystem : knowsNothing());
  return DetachedResolver.prepare('mail.example', 0, clock, system, servers.ask);
}
