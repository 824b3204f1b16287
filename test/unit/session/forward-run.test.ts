import { describe, expect, it } from 'vitest';
import { ForwardRun } from '../../../src/session/forward-run.ts';

function recordedRun() {
  const writes: Buffer[] = [];
  return { writes, run: new ForwardRun((octets) => void writes.push(octets)) };
}

describe('ForwardRun', () => {
  it('joins neighbours and writes them when it is flushed', () => {
    const { writes, run } = recordedRun();
    const source = Buffer.from('abcdef');
    run.forward(source, 1, 3);
    run.forward(source, 3, 5);
    expect(writes).toEqual([]);
    run.flush();
    expect(writes.map(String)).toEqual(['bcde']);
  });

  it('hands a whole chunk on as it is, and a part of one without a copy', () => {
    const { writes, run } = recordedRun();
    const source = Buffer.from('abcdef');
    run.forward(source, 0, 2);
    run.forward(source, 2, 6);
    run.flush();
    run.forward(source, 0, 2);
    run.flush();
    expect(writes[0]).toBe(source);
    expect(writes[1]?.buffer).toBe(source.buffer);
    expect(writes.map(String)).toEqual(['abcdef', 'ab']);
  });

  it('keeps the order of octets that are no neighbours or come from elsewhere', () => {
    const { writes, run } = recordedRun();
    const source = Buffer.from('abcdef');
    run.forward(source, 0, 2);
    run.forward(source, 3, 4);
    run.forward(Buffer.from('abcdef'), 4, 6);
    run.forward(source, 0, 1);
    run.flush();
    expect(writes.map(String)).toEqual(['ab', 'd', 'ef', 'a']);
  });

  it('writes each octet once', () => {
    const { writes, run } = recordedRun();
    run.flush();
    run.forward(Buffer.from('ab'), 0, 2);
    run.flush();
    run.flush();
    expect(writes.map(String)).toEqual(['ab']);
  });

  it('does not join what comes after a flush to what was before', () => {
    const { writes, run } = recordedRun();
    const source = Buffer.from('abcd');
    run.forward(source, 0, 2);
    run.flush();
    run.forward(source, 2, 4);
    run.flush();
    expect(writes.map(String)).toEqual(['ab', 'cd']);
  });
});
