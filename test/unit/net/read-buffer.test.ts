import { describe, expect, it } from 'vitest';
import { keepRead, ReadBuffer } from '../../../src/net/read-buffer.ts';

const IDLE = 4096;
const BULK = 65_536;

/** Reads `octets` octets as Node.js does: into the memory it was given, then it asks for memory again. */
function read(
  buffer: ReadBuffer,
  memory: Uint8Array,
  octets: number,
  listener: () => void = () => {},
): Uint8Array {
  buffer.listener = listener;
  buffer.onread.callback(octets, memory);
  return next(buffer);
}

function next({ onread }: ReadBuffer): Uint8Array {
  return typeof onread.buffer === 'function' ? onread.buffer() : onread.buffer;
}

describe('ReadBuffer', () => {
  it('reads into the same memory again when nobody keeps what was read', () => {
    const buffer = new ReadBuffer();
    const memory = next(buffer);
    expect(memory.length).toBe(IDLE);
    expect(read(buffer, memory, 10)).toBe(memory);
  });

  it('leaves memory alone whose octets are still needed', () => {
    const buffer = new ReadBuffer();
    const memory = next(buffer);
    const fresh = read(buffer, memory, 10, keepRead);
    expect(fresh).not.toBe(memory);
    expect(read(buffer, fresh, 10)).toBe(fresh);
  });

  it('takes large memory while it is read full, and gives it back when little comes', () => {
    const buffer = new ReadBuffer();
    const large = read(buffer, next(buffer), IDLE);
    expect(large.length).toBe(BULK);
    expect(read(buffer, large, IDLE)).toBe(large);
    expect(read(buffer, large, IDLE - 1).length).toBe(IDLE);
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
