// Loops of a shader written out.

import { expect, it } from 'vitest';
import { unroll } from './unroll.ts';

const lines = (text: string) => text.split('\n').map((line) => line.trim());

it('writes out marked loops, inner ones too, and leaves the others', () => {
  const source = `const SIZE = 8u;
const TURNS = max(SIZE / 4u, 1u) + 6u % 4u - 2u;
fn main() {
  for (var k = 0u; k < TURNS; k++) { // unrolled
    for (var i = 0u; i < 2u; i++) { // unrolled
      if (kind) { sum[k * 2u + i] += k; }
    }
  }
  for (var i = 0u; i < 4u; i++) { other[i] = 0; }
}`;
  const result = unroll(source);
  expect(lines(result).filter((line) => line.startsWith('if'))).toEqual([
    'if (kind) { sum[0u * 2u + 0u] += 0u; }',
    'if (kind) { sum[0u * 2u + 1u] += 0u; }',
    'if (kind) { sum[1u * 2u + 0u] += 1u; }',
    'if (kind) { sum[1u * 2u + 1u] += 1u; }',
  ]);
  expect(result).toContain('for (var i = 0u; i < 4u; i++) { other[i] = 0; }');
  expect(result.split('{').length).toBe(result.split('}').length);
});

it('refuses a count that is not known', () => {
  expect(() => unroll('for (var k = 0u; k < rows; k++) { // unrolled\n}')).toThrow('"rows"');
  expect(() => unroll('for (var k = 0u; k < 2u +; k++) { // unrolled\n}')).toThrow(RangeError);
});

it('refuses a loop that does not end', () => {
  expect(() => unroll('for (var k = 0u; k < 2u; k++) { // unrolled\n')).toThrow('does not end');
});
