import { describe, expect, it } from 'vitest';
import { networks } from '../../../src/config/kinds.ts';
import { Networks } from '../../../src/net/networks.ts';

describe('a list of networks', () => {
  it.each([
    ['127.0.0.1', ['127.0.0.1']],
    ['127.0.0.0/8 ::1', ['127.0.0.0/8', '::1']],
    ['10.0.0.0/8,fe80::/10', ['10.0.0.0/8', 'fe80::/10']],
  ])('is read from %j', (text, list) => {
    expect(networks.parse(text)).toEqual(list);
  });

  it.each(['localhost', '10.0.0.0/33', '::1/129', '10.0.0/8', '1.2.3.4/8/9', '/8', ','])(
    'is not %j',
    (text) => {
      expect(networks.parse(text)).toBeUndefined();
    },
  );

  it.each([
    ['127.3.4.5', true],
    ['::ffff:127.0.0.1', true],
    ['::1', true],
    ['128.0.0.1', false],
    ['::2', false],
    ['', false],
  ])('tells whether it holds %j', (address, isIn) => {
    expect(new Networks(['127.0.0.0/8', '::1']).has(address)).toBe(isIn);
  });
});
