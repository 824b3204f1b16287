import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Dovecot } from '../../support/dovecot.ts';
import type { LogEntry } from '../../support/json-lines.ts';
import { runProgram } from '../../support/run-program.ts';
import { describeWith } from '../../support/system-packages.ts';
import { waitUntil } from '../../support/wait-until.ts';
import { CountedProxy } from './counters-proxy.ts';
import { countByUser, readServerLog, type ServerCounts, sum } from './counters-server-log.ts';
import { countedSession, Tally, VANISHING_USERS, WATCHED_USERS } from './counters-sessions.ts';
import type { Counts } from './counters-watch.ts';
import { seededRandom } from './random-sessions.ts';

const SESSIONS = 1_000;
const CLIENTS = 20;
const SEED = Date.now() % 2 ** 32;

const USERS = [...WATCHED_USERS, ...VANISHING_USERS];

/** The launcher under test, as a user starts it. It runs what was built last. */
const PIMPSTAT = fileURLToPath(new URL('../../../bin/pimpstat', import.meta.url));
const CLASSIC_PIMPSTAT = '/usr/sbin/pimpstat';

const TITLE = `Counters after ${SESSIONS} random sessions with disconnects (seed ${SEED})`;

describeWith(['dovecot-imapd', 'imapproxy'], TITLE, () => {
  const tally = new Tally();
  let dovecot: Dovecot;
  let proxy: CountedProxy;
  let counts: Counts;
  let server: ServerCounts;

  beforeAll(async () => {
    dovecot = await Dovecot.start({ users: USERS });
    proxy = await CountedProxy.start(dovecot.port);
    await playSessions();
    await proxy.waitForQuiet(tally.connections);
    counts = proxy.counts;
    server = await readServer();
  });

  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await dovecot.stop();
  });

  it('equal what the clients and the server have counted, to the digit', () => {
    // For a client that had gone a connection may have been made that is nobody's login: see the log.
    const vanished = logged('login', VANISHING_USERS);
    const reusedByWatched = tally.logins.length - sum(server.logins, WATCHED_USERS);
    const reusedByVanished = vanished.filter(({ reused }) => reused === true).length;

    expect(counts).toEqual({
      clientsNow: 0,
      clientsPeak: expect.any(Number),
      connectionsInUse: 0,
      connectionsInUsePeak: expect.any(Number),
      connectionsParked: server.present,
      connectionsParkedPeak: expect.any(Number),
      clientsAccepted: tally.connections,
      logins: tally.logins.length + vanished.length,
      loginsRefused: tally.refusals.length + logged('login refused', VANISHING_USERS).length,
      connectionsCreated: sum(server.logins, USERS),
      connectionsReused: reusedByWatched + reusedByVanished,
      selects: 0,
      selectHits: 0,
      selectMisses: 0,
    });
  });

  it('agree with the log, which agrees with the clients and the server, user by user', () => {
    expect(tally.connections).toBe(SESSIONS);
    // Who resets at once may be gone before it is known who it was, and is not let in.
    expect([...proxy.log('session ended'), ...proxy.log('client refused')]).toHaveLength(SESSIONS);
    expect(proxy.log('login')).toHaveLength(counts.logins);
    expect(usersOf(logged('login', WATCHED_USERS))).toEqual(countByUser(tally.logins, USERS));
    expect(proxy.log('login refused')).toHaveLength(counts.loginsRefused);
    expect(usersOf(logged('login refused', WATCHED_USERS))).toEqual(countByUser(tally.refusals, USERS));
    expect(server.refusals).toMatchObject(countByUser(tally.refusals, WATCHED_USERS));
    expect(proxy.log('upstream connection opened')).toHaveLength(sum(server.logins, USERS));
    expect(proxy.log().filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('were never below 0, no total ever fell, and no peak was ever below what there was', () => {
    expect(proxy.watch.fault).toBeUndefined();
    expect(proxy.watch.looks).toBeGreaterThan(2 * SESSIONS);
  });

  it('have met what is hard to count', () => {
    const fromMemory = proxy.log('login').filter(({ reused }) => reused === true).length;
    const atServer = logged('login', VANISHING_USERS).filter(({ reused }) => reused === false).length;
    const refused = logged('login refused', VANISHING_USERS).length;

    const { connectionsReused } = counts;
    expect(connectionsReused, 'answered from memory, and at the server after all').toBeLessThan(fromMemory);
    const { logins, refusals } = server;
    expect(atServer, 'accepted when the client had gone').toBeLessThan(sum(logins, VANISHING_USERS));
    expect(refused, 'refused when the client had gone').toBeLessThan(sum(refusals, VANISHING_USERS));
  });

  it('are in the stat file, as both programs show it', async () => {
    await proxy.waitForStatFile();
    const { loginsRefused: _, ...written } = counts;

    const json = await runProgram(PIMPSTAT, ['--json', '-f', proxy.configFile]);
    const classic = await runProgram(CLASSIC_PIMPSTAT, ['-c', '-f', proxy.configFile]);

    expect(JSON.parse(json.toString())).toMatchObject(written);
    expect(classic.toString()).toBe(
      ` ${counts.clientsNow} Current Client Connections\n` +
        ` ${counts.clientsPeak} Peak Client Connections\n` +
        ` ${counts.connectionsInUse} In Use Connections\n` +
        ` ${counts.connectionsInUsePeak} Peak In Use Connections\n` +
        ` ${counts.connectionsParked} Retained Server Connections\n` +
        ` ${counts.connectionsParkedPeak} Peak Retained Server Connections\n` +
        ` ${counts.clientsAccepted} Total Client Connections\n` +
        ` ${counts.logins} Total Client Logins\n` +
        ` ${counts.connectionsReused} Total Reused Connections\n` +
        ` ${counts.connectionsCreated} Total Created Connections\n` +
        ` ${counts.selectHits} Cache Hits\n` +
        ` ${counts.selectMisses} Cache Misses\n`,
    );
  });

  async function playSessions(): Promise<void> {
    let begun = 0;
    const play = async (): Promise<void> => {
      while (begun < SESSIONS) {
        begun += 1;
        await countedSession(proxy.port, tally, seededRandom(SEED + begun));
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, play));
  }

  /** A session's last line comes a moment after its end. */
  async function readServer(): Promise<ServerCounts> {
    await dovecot.loginCount();
    const read = (): ServerCounts => readServerLog(dovecot.log(), USERS);
    const isAtRest = (): boolean => read().present === counts.connectionsParked;
    await waitUntil(isAtRest, { what: `a server with ${counts.connectionsParked} sessions` });
    return read();
  }

  function logged(msg: string, users: readonly string[]): readonly LogEntry[] {
    return proxy.log(msg).filter(({ user }) => users.includes(String(user)));
  }

  function usersOf(entries: readonly LogEntry[]): Readonly<Record<string, number>> {
    const names = entries.map(({ user }) => String(user));
    return countByUser(names, USERS);
  }
});
