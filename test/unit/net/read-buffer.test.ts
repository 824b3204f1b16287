import { describe, expect, it } from 'vitest';
import { keepRead, ReadBuffer } from '../../../src/net/read-buffer.ts';

const IDLE = 4096;
const SHARED = 16_384;
const BULK = 65_536;

/** Reads `octets` octets as Node.js does: into the memory it was given, then it asks for memory again. */
function read(
  buffer: ReadBuffer,
  memory: Uint8Array,
  octets: number,
  listener: (octets: Buffer) => void = () => {},
): Uint8Array {
  buffer.listener = listener;
  buffer.onread.callback(octets, memory);
  return next(buffer);
}

function next({ onread }: ReadBuffer): Uint8Array {
  return typeof onread.buffer === 'function' ? onread.buffer() : onread.buffer;
}

describe('ReadBuffer', () => {
  it('lets connections read into the same memory while little comes, and copies what they read', () => {
    const [one, other] = [new ReadBuffer(), new ReadBuffer()];
    const memory = next(one);
    expect(memory.length).toBe(SHARED);
    expect(next(other)).toBe(memory);

    let heard: Buffer = Buffer.alloc(0);
    Buffer.from('one').copy(memory);
    read(one, memory, 3, (octets) => {
      heard = octets;
      keepRead();
    });
    Buffer.from('two').copy(memory);

    expect(heard.toString()).toBe('one');
    expect(next(one)).toBe(memory);
  });

  it('takes memory of its own while it is read full, and gives it back when little comes', () => {
    const buffer = new ReadBuffer();
    const shared = next(buffer);
    const large = read(buffer, shared, SHARED);
    expect(large.length).toBe(BULK);
    expect(read(buffer, large, IDLE)).toBe(large);
    expect(read(buffer, large, IDLE - 1)).toBe(shared);
  });

  it('leaves memory of its own alone whose octets are still needed', () => {
    const buffer = new ReadBuffer();
    const large = read(buffer, next(buffer), SHARED);
    const fresh = read(buffer, large, BULK, keepRead);
    expect(fresh).not.toBe(large);
    expect(fresh.length).toBe(BULK);
    expect(read(buffer, fresh, BULK)).toBe(fresh);
  });

  it('gives its listener exactly the octets that were read', () => {
    const buffer = new ReadBuffer();
    const memory = next(buffer);
    Buffer.from('a NOOP\r\nrest').copy(memory);
    const heard: string[] = [];
    buffer.listener = (octets) => heard.push(octets.toString());
    buffer.onread.callback(8, memory);
    expect(heard).toEqual(['a NOOP\r\n']);
  });
});
