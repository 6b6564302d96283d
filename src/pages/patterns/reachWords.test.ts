import { describe, expect, test } from 'vitest';
import { neverWords, percent, queriesLookedAt } from './reachWords.ts';

test('a share is never rounded to all or to nothing', () => {
  expect(percent(1)).toBe('100%');
  expect(percent(0.99999)).toBe('99.9%');
  expect(percent(0.258)).toBe('25.8%');
  expect(percent(0.0615)).toBe('6.2%');
  expect(percent(0.00042)).toBe('0.042%');
  expect(percent(1e-7)).toBe('< 0.001%');
  expect(percent(0)).toBe('0%');
  expect(percent(1)).toBe('100%');
  expect(percent(42 / 36)).toBe('116.7%');
});

describe('what is never known of', () => {
  test('nothing', () => {
    expect(neverWords(3, Uint8Array.of(1, 1, 1, 1))).toBe('In time, position 3 knows of every earlier one.');
  });
  test('stretches, the first of them', () => {
    expect(neverWords(9, Uint8Array.of(0, 1, 0, 0, 1, 0, 1, 0, 1, 1))).toBe(
      'However deep the model, position 9 never knows of 5 earlier ones: 0, 2–3, 5 ….',
    );
    expect(neverWords(1, Uint8Array.of(0, 1))).toMatch(/1 earlier one: 0\.$/);
  });
});

test('short sequences are counted whole, the longest from a few positions', () => {
  expect(queriesLookedAt(512)).toBe(512);
  expect(queriesLookedAt(4096)).toBe(64);
  expect(queriesLookedAt(2 ** 20)).toBe(8);
});
