import { describe, expect, it } from 'vitest';
import { StatFileError, type StatReading } from '../../../src/admin/stat-file.ts';
import { StatWatch } from '../../../src/cli/stat-watch.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { statistics } from '../../support/statistics.ts';

const WATCH_BEGINS = new Date('2026-11-23T00:00:00Z').getTime();

/** A stat file, the clocks, and a watch on it. */
class Scene {
  readonly clock = new FakeClock();
  file: StatReading | Error = { statistics: statistics(), refreshedAt: this.wallTime() };
  readonly watch = new StatWatch(
    () => {
      if (this.file instanceof Error) throw this.file;
      return this.file;
    },
    this.clock,
    () => this.wallTime(),
  );

  wallTime(): Date {
    return new Date(WATCH_BEGINS + this.clock.now());
  }

  /** The daemon writes the file. */
  refresh(changes: Parameters<typeof statistics>[0] = {}): void {
    this.file = { statistics: statistics(changes), refreshedAt: this.wallTime() };
  }

  lookAfter(ms: number) {
    this.clock.advance(ms);
    this.watch.look();
    return this.watch.state;
  }
}

describe('StatWatch', () => {
  it('has nothing to say about numbers that are refreshed', () => {
    const scene = new Scene();
    expect(scene.watch.state).toMatchObject({ statistics: statistics(), notice: undefined });
    scene.clock.advance(60_000);
    scene.refresh({ logins: 1 });
    expect(scene.lookAfter(0)).toMatchObject({ statistics: { logins: 1 }, notice: undefined });
  });

  it('keeps the history of what it saw', () => {
    const scene = new Scene();
    scene.refresh({ logins: 12 });
    expect(scene.lookAfter(2_000).history.rate('logins')).toBe(2);
  });

  it('calls numbers stale when they have not been written for five seconds', () => {
    const scene = new Scene();
    expect(scene.lookAfter(5_000).notice).toBeUndefined();
    expect(scene.lookAfter(1).notice).toEqual({ name: 'stale', ageMs: 5_001 });
  });

  it('calls a file stale at the first look already', () => {
    const scene = new Scene();
    scene.file = { statistics: statistics(), refreshedAt: new Date(WATCH_BEGINS - 3_600_000) };
    expect(scene.lookAfter(0).notice).toEqual({ name: 'stale', ageMs: 3_600_000 });
  });

  it('believes the numbers of a classic daemon, which leaves the time of the file as it is', () => {
    const scene = new Scene();
    const refreshedAt = new Date(WATCH_BEGINS - 3_600_000);
    scene.file = { statistics: statistics({ logins: 9 }), refreshedAt };
    expect(scene.lookAfter(1_000).notice).toBeUndefined();
    expect(scene.lookAfter(5_001).notice).toEqual({ name: 'stale', ageMs: 5_001 });
  });

  it('tells of a restart for a minute', () => {
    const scene = new Scene();
    scene.refresh({ startTime: new Date(WATCH_BEGINS) });
    expect(scene.lookAfter(1_000).notice).toEqual({ name: 'restarted', agoMs: 0 });
    scene.refresh({ startTime: new Date(WATCH_BEGINS) });
    expect(scene.lookAfter(3_000).notice).toEqual({ name: 'restarted', agoMs: 3_000 });
    scene.clock.advance(57_000);
    scene.refresh({ startTime: new Date(WATCH_BEGINS) });
    expect(scene.lookAfter(0).notice).toBeUndefined();
  });

  it('keeps the last numbers when the file cannot be read, and says why', () => {
    const scene = new Scene();
    scene.file = new StatFileError('open', '/run/pimpstats', new Error('gone'));
    expect(scene.lookAfter(1_000)).toMatchObject({
      statistics: statistics(),
      notice: { name: 'unreadable', reason: 'gone' },
    });
    scene.refresh();
    expect(scene.lookAfter(1_000).notice).toBeUndefined();
  });

  it('does not begin without a file', () => {
    const failure = new StatFileError('open', '/run/pimpstats', new Error('gone'));
    const read = (): StatReading => {
      throw failure;
    };
    expect(() => new StatWatch(read, new FakeClock())).toThrow(failure);
  });

  it('hides no bug', () => {
    const scene = new Scene();
    scene.file = new TypeError('a bug');
    expect(() => scene.lookAfter(1_000)).toThrow(TypeError);
  });
});
