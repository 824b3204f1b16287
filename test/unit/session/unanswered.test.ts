import { describe, expect, it } from 'vitest';
import { Unanswered } from '../../../src/session/unanswered.ts';

const MAX_OCTETS = 65_536;

describe('Unanswered', () => {
  it('keeps what was sent, in order', () => {
    const unanswered = new Unanswered();
    expect(unanswered.octets).toHaveLength(0);
    expect([unanswered.note(Buffer.from('a NO')), unanswered.note(Buffer.from('OP\r\n'))]).toEqual([
      true,
      true,
    ]);
    expect(unanswered.octets.toString()).toBe('a NOOP\r\n');
    expect(unanswered.octets.toString()).toBe('a NOOP\r\n');
  });

  it('keeps a copy, for the memory is read into again', () => {
    const unanswered = new Unanswered();
    const read = Buffer.from('a NOOP\r\n');
    unanswered.note(read);
    read.fill('#');
    expect(unanswered.octets.toString()).toBe('a NOOP\r\n');
  });

  it('keeps 64 KiB and says so of the first octet beyond', () => {
    const unanswered = new Unanswered();
    expect(unanswered.note(Buffer.alloc(MAX_OCTETS - 1))).toBe(true);
    expect(unanswered.note(Buffer.alloc(1))).toBe(true);
    expect(unanswered.note(Buffer.alloc(1))).toBe(false);
  });

  it('says that it was too much of every later piece, too', () => {
    const unanswered = new Unanswered();
    expect(unanswered.note(Buffer.alloc(MAX_OCTETS + 1))).toBe(false);
    expect(unanswered.note(Buffer.alloc(1))).toBe(false);
  });

  it('begins anew when all of it is answered', () => {
    const unanswered = new Unanswered();
    unanswered.note(Buffer.alloc(MAX_OCTETS));
    unanswered.clear();
    expect(unanswered.octets).toHaveLength(0);
    expect(unanswered.note(Buffer.from('b NOOP\r\n'))).toBe(true);
    expect(unanswered.octets.toString()).toBe('b NOOP\r\n');
  });
});
