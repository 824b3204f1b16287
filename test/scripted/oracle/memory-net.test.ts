import { describe, expect, it } from 'vitest';
import { type Connection, inMemory, onLoopback } from './two-networks.ts';

/** More than the two ends of any connection hold. */
const MANY = 16 * 1024 * 1024;

const USES: Readonly<Record<string, (connection: Connection) => Promise<void>>> = {
  'the far end sends and ends, and the near end answers': async ({ near, far, happenings, waitFor }) => {
    far.write('question');
    far.end();
    await waitFor(() => happenings.includes('end'));
    near.end('answer');
    await waitFor(() => far.heard === 'answer' && happenings.includes('close'));
  },
  'the near end ends first': async ({ near, far, happenings, waitFor }) => {
    near.end('last words');
    await waitFor(() => far.heard === 'last words');
    far.write('an answer');
    far.end();
    await waitFor(() => happenings.includes('close'));
  },
  'the far end resets': async ({ far, happenings, waitFor }) => {
    far.reset();
    await waitFor(() => happenings.includes('close'));
  },
  'the near end is destroyed': async ({ near, happenings, waitFor }) => {
    near.destroy();
    await waitFor(() => happenings.includes('close'));
  },
  'the near end does not read for a while': async ({ near, far, happenings, waitFor }) => {
    near.pause();
    far.write('early');
    near.write('something');
    await waitFor(() => far.heard === 'something');
    happenings.push('resumed');
    near.resume();
    await waitFor(() => happenings.includes('read early'));
  },
  'the near end writes in pieces at once': async ({ near, far, waitFor }) => {
    near.cork();
    near.write('one ');
    near.write('two');
    near.uncork();
    await waitFor(() => far.heard === 'one two');
  },
  'the far end does not read for a while': async ({ near, far, happenings, waitFor }) => {
    far.read(false);
    near.write('x'.repeat(MANY));
    happenings.push(`must wait: ${near.writableNeedDrain}`);
    far.read(true);
    await waitFor(() => far.heard.length === MANY && happenings.includes('drain'));
    happenings.push(`unsent: ${near.writableLength}`);
  },
  'the far end resets while octets wait for it': async ({ near, far, happenings, waitFor }) => {
    far.read(false);
    near.write('x'.repeat(MANY));
    far.reset();
    await waitFor(() => happenings.includes('close'));
  },
};

describe('Simulated network', () => {
  it.each(Object.entries(USES))('tells a socket the same as the system does when %s', async (_name, use) => {
    const expected = await onLoopback(use);
    for (const seed of [1, 2, 3, 4, 5]) expect(await inMemory(use, seed)).toEqual(expected);
  });
});
