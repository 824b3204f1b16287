import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Environment, ServiceManager } from '../../../src/daemon/service-manager.ts';
import { createLogTo } from '../../../src/observe/logger.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { JsonLines } from '../../support/json-lines.ts';
import { TempDirectory } from '../../support/temp-directory.ts';

const NOTIFY_SOCKET = '/run/systemd/notify';

let log: JsonLines;
let clock: FakeClock;
let socket: StandIn;

beforeEach(() => {
  log = new JsonLines();
  clock = new FakeClock();
  socket = new StandIn();
});

describe('ServiceManager', () => {
  it('says when the daemon serves, reads its configuration again, and stops', () => {
    const manager = connect({ NOTIFY_SOCKET });

    manager.ready('Listening on port 143');
    manager.reloading();
    manager.status('12 sessions');
    manager.stopping('Waiting\nfor 3 sessions');

    expect(socket.addresses).toEqual([NOTIFY_SOCKET]);
    expect(socket.received).toMatch(
      new RegExp(
        [
          '^READY=1\nSTATUS=Listening on port 143',
          'RELOADING=1\nMONOTONIC_USEC=\\d+',
          'STATUS=12 sessions',
          'STOPPING=1\nSTATUS=Waiting for 3 sessions$',
        ].join(''),
      ),
    );
    expect(log.entries).toEqual([]);
  });

  it('is silent where nobody wants to be told', () => {
    const manager = connect({});

    manager.ready('Listening');
    manager.startWatchdog(clock);

    expect(socket.addresses).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(log.entries).toEqual([]);
  });

  it('beats twice in each interval of the watchdog', () => {
    const manager = connect({ NOTIFY_SOCKET, WATCHDOG_USEC: '30000000', WATCHDOG_PID: String(process.pid) });

    const end = manager.startWatchdog(clock);
    expect(socket.received).toBe('WATCHDOG=1');
    clock.advance(14_999);
    expect(socket.received).toBe('WATCHDOG=1');
    clock.advance(45_001);
    expect(socket.received).toBe('WATCHDOG=1'.repeat(5));
    end();
    expect(clock.pending).toBe(0);
  });

  it.each([
    {},
    { WATCHDOG_USEC: '0' },
    { WATCHDOG_USEC: 'soon' },
    { WATCHDOG_USEC: '30000000', WATCHDOG_PID: '1' },
  ])('has no watchdog to feed with %j', (environment) => {
    connect({ NOTIFY_SOCKET, ...environment }).startWatchdog(clock);

    expect(clock.pending).toBe(0);
    expect(socket.received).toBe('');
  });

  it.each([
    ['without koffi', { NOTIFY_SOCKET }, undefined, 'it needs the npm package koffi, which cannot be loaded'],
    ['with a VM socket', { NOTIFY_SOCKET: 'vsock:2:9' }, () => 0, 'no Unix socket: vsock:2:9'],
    ['with nobody there', { NOTIFY_SOCKET }, refuse, 'connection refused'],
  ])('warns once and goes on %s', (_, environment, connectTo, reason) => {
    const manager = new ServiceManager(environment, connectTo, createLogTo(sink(), 'debug'));

    manager.ready('Listening');
    manager.startWatchdog(clock);

    expect(log.entries).toEqual([expect.objectContaining({ level: 'warn', error: reason })]);
  });

  it('goes on when the service manager has gone', () => {
    const manager = connect({ NOTIFY_SOCKET });
    socket.close();

    manager.ready('Listening');

    expect(log.entries).toEqual([
      expect.objectContaining({ level: 'warn', msg: 'the service manager does not listen' }),
    ]);
  });
});

/** A file in place of the socket: what is written to it stands behind one another. */
class StandIn {
  readonly addresses: string[] = [];
  readonly #path: string;
  #descriptor: number | undefined;

  constructor() {
    const directory = new TempDirectory('notify');
    this.#path = join(directory.path, 'received');
    this.#descriptor = openSync(this.#path, 'a');
    onTestFinished(() => {
      this.close();
      directory.remove();
    });
  }

  readonly connect = (address: string): number => {
    this.addresses.push(address);
    if (this.#descriptor === undefined) throw new Error('The stand-in is closed');
    return this.#descriptor;
  };

  get received(): string {
    return readFileSync(this.#path, 'utf8');
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

function connect(environment: Environment): ServiceManager {
  return new ServiceManager(environment, socket.connect, createLogTo(sink(), 'debug'));
}

function refuse(): never {
  throw Object.assign(new Error('connect'), { errno: -111 });
}

function sink() {
  return { write: (line: string) => log.push(line) };
}
