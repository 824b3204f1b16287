import { describe, expect, it } from 'vitest';
import {
  CLEAN_VARIANT,
  CONDSTORE_VARIANT,
  enableVariant,
  isCondstoreAware,
} from '../../../src/protocol/variants.ts';

describe('enableVariant', () => {
  it('is the same for the same words in any order, letter case, spacing and number', () => {
    expect(enableVariant('QRESYNC CONDSTORE')).toBe(enableVariant('  condstore  QRESYNC qresync '));
  });

  it('differs for other words, and from what nothing or a command alone leaves', () => {
    const variants = ['', 'CONDSTORE', 'QRESYNC', 'CONDSTORE QRESYNC', 'CONDSTOREQRESYNC'].map(enableVariant);
    expect(new Set([...variants, CLEAN_VARIANT, CONDSTORE_VARIANT]).size).toBe(variants.length + 2);
  });
});

describe('isCondstoreAware', () => {
  it.each([
    ['a command with its word', CONDSTORE_VARIANT],
    ['ENABLE CONDSTORE', enableVariant('condstore')],
    ['ENABLE QRESYNC, which implies it', enableVariant('qresync')],
    ['ENABLE of more than it', enableVariant('UTF8=ACCEPT CONDSTORE')],
  ])('is so after %s', (_, variant) => {
    expect(isCondstoreAware(variant)).toBe(true);
  });

  it.each([
    ['nothing', CLEAN_VARIANT],
    ['an ENABLE of nothing', enableVariant('')],
    ['ENABLE of something else', enableVariant('UTF8=ACCEPT')],
    ['ENABLE of a word that only begins like it', enableVariant('CONDSTOREX XQRESYNC')],
  ])('is not so after %s', (_, variant) => {
    expect(isCondstoreAware(variant)).toBe(false);
  });
});
