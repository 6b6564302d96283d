// Numbers as people read them.

import { expect, test } from 'vitest';
import { fileName } from './download.ts';
import { ago, bits, bytes, count, counted, duration, setting, short } from './format.ts';

test.each([
  [0, '0'],
  [7, '7'],
  [999, '999'],
  [999.6, '1.00k'],
  [1000, '1.00k'],
  [42_690, '42.7k'],
  [412_000, '412k'],
  [999_499, '999k'],
  [999_500, '1.00M'],
  [216e6, '216M'],
  [5.5e11, '550G'],
  [Number.NaN, '–'],
])('short(%d) is %s', (value, words) => {
  expect(short(value)).toBe(words);
});

test('counts are grouped, bytes have a unit, bits two decimals', () => {
  expect(count(1840)).toBe('1,840');
  expect(bytes(20)).toBe('20 B');
  expect(bytes(1.31e9)).toBe('1.31 GB');
  expect(bits(1.618)).toBe('1.62');
  expect(bits(undefined)).toBeNull();
  expect(bits(Number.NaN)).toBeNull();
});

test('times', () => {
  expect(duration(125)).toBe('2:05');
  expect(duration(7325)).toBe('2:02:05');
  expect(duration(-3)).toBe('0:00');
  expect(ago(0, 59_000)).toBe('just now');
  expect(ago(0, 3 * 3_600_000)).toBe('3 h ago');
});

test('settings are short and can be typed again', () => {
  expect([0, 0.1, 6e-4, 1e-8, 12].map(setting)).toEqual(['0', '0.1', '6e-4', '1e-8', '12']);
});

test('file names hold nothing that a file system minds', () => {
  expect(fileName('letters.txt', 'safetensors')).toBe('letters.safetensors');
  expect(fileName('../../etc/passwd', 'txt')).toBe('etc-passwd.txt');
  expect(fileName('Größe: 3/4?', 'txt')).toBe('Größe-3-4.txt');
  expect(fileName('...', 'txt')).toBe('weft.txt');
});

test('one of a thing, and many', () => {
  expect(counted(1, 'step')).toBe('1 step');
  expect(counted(12_288, 'step')).toBe('12,288 steps');
});
