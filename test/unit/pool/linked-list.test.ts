import { describe, expect, it } from 'vitest';
import { InvariantError } from '../../../src/base/errors.ts';
import { Link, LinkedList } from '../../../src/pool/linked-list.ts';

function listOf(...items: string[]): { list: LinkedList<string>; links: Link<string>[] } {
  const list = new LinkedList<string>();
  const links = items.map((item) => new Link(item));
  for (const link of links) list.append(link);
  return { list, links };
}

function backwards(list: LinkedList<string>): string[] {
  const seen: string[] = [];
  list.findLast((item) => {
    seen.push(item);
    return false;
  });
  return seen;
}

describe('LinkedList', () => {
  it('gives its items in both directions', () => {
    const { list } = listOf('a', 'b', 'c');
    expect([...list]).toEqual(['a', 'b', 'c']);
    expect(backwards(list)).toEqual(['c', 'b', 'a']);
  });

  it.each([
    { index: 0, left: ['b', 'c'] },
    { index: 1, left: ['a', 'c'] },
    { index: 2, left: ['a', 'b'] },
  ])('closes the gap where item $index was removed', ({ index, left }) => {
    const { list, links } = listOf('a', 'b', 'c');
    for (const link of links.slice(index, index + 1)) list.remove(link);
    expect([...list]).toEqual(left);
    expect(backwards(list)).toEqual(left.toReversed());
    expect([list.first, list.last, list.size]).toEqual([left[0], left[1], 2]);
  });

  it('is empty again after its only item left, and takes it back', () => {
    const list = new LinkedList<string>();
    const link = new Link('a');
    list.append(link);
    list.remove(link);
    expect([list.first, list.last, list.size]).toEqual([undefined, undefined, 0]);
    list.append(link);
    expect([...list]).toEqual(['a']);
  });

  it('finds the first and the last item that passes', () => {
    const { list } = listOf('a1', 'b', 'a2');
    const isA = (item: string) => item.startsWith('a');
    expect([list.find(isA), list.findLast(isA)]).toEqual(['a1', 'a2']);
    expect([list.find(() => false), list.findLast(() => false)]).toEqual([undefined, undefined]);
  });

  it('lets the item just given be removed on the way', () => {
    const { list, links } = listOf('a', 'b', 'c');
    const seen: string[] = [];
    for (const item of list) {
      seen.push(item);
      for (const link of links.filter((candidate) => candidate.item === item)) list.remove(link);
    }
    expect(seen).toEqual(['a', 'b', 'c']);
    expect(list.size).toBe(0);
  });

  it('refuses a link that is in a list already, and to remove one that is in another', () => {
    const one = listOf('a');
    const other = new LinkedList<string>();
    for (const link of one.links) {
      expect(() => other.append(link)).toThrow(InvariantError);
      expect(() => other.remove(link)).toThrow(InvariantError);
    }
    expect(one.list.size).toBe(1);
    expect(other.size).toBe(0);
  });
});
