import { describe, expect, it } from 'vitest';
import { MAX_TAG_OCTETS } from '../../../src/protocol/limits.ts';
import { parseTag, TagSequence } from '../../../src/protocol/tag.ts';

describe('parseTag', () => {
  it.each(['a', 'A001', '00000000', '$1.$', 'a.b-c_d', '[', '}', '|~', "'", '#$&'])('accepts %j', (text) => {
    expect(parseTag(text)).toBe(text);
  });

  it('accepts of all octets just those that servers answer by tag', () => {
    const accepted = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).filter(parseTag);
    // ASTRING-CHAR except "+" and, as Dovecot has it, "]".
    const graphic = Array.from({ length: 0x7e - 0x20 }, (_, at) => String.fromCharCode(0x21 + at));
    expect(accepted).toEqual(graphic.filter((character) => !'(){%*"\\]+'.includes(character)));
  });

  it.each(['', ' a', 'a ', 'a b', 'a+', '+', '*', 'a{3}', 'a\r', 'a\t', 'a\n'])('refuses %j', (text) => {
    expect(parseTag(text)).toBeUndefined();
  });

  it('refuses a tag that is too long to be one', () => {
    expect(parseTag('x'.repeat(MAX_TAG_OCTETS))).toHaveLength(MAX_TAG_OCTETS);
    expect(parseTag('x'.repeat(MAX_TAG_OCTETS + 1))).toBeUndefined();
  });
});

describe('TagSequence', () => {
  it('gives valid tags, each once', () => {
    const sequence = new TagSequence();
    const tags = Array.from({ length: 1000 }, () => sequence.next());
    expect(new Set(tags).size).toBe(1000);
    expect(tags.every((tag) => parseTag(tag) === tag)).toBe(true);
    expect(tags[0]).toBe('P1');
  });
});
