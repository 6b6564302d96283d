// What people type into number fields is taken or refused with words, and never passed on half understood.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseNumber } from './number.ts';

const wide = { min: -1e9, max: 1e9 };
const whole = { min: 1, max: 4096, integer: true };

test.each([
  ['1e-4', 1e-4],
  ['1E-4', 1e-4],
  ['0,1', 0.1],
  ['0,125', 0.125],
  ['.5', 0.5],
  ['5.', 5],
  ['1,024', 1024],
  ['1 024', 1024],
  ['1,048,576', 1_048_576],
  ['-3', -3],
  [' 7\n', 7],
])('takes %j', (text, value) => {
  expect(parseNumber(text, wide)).toEqual({ ok: true, value });
});

test.each([
  '',
  '-1',
  '0',
  '4097',
  '1e308',
  '1e999',
  'NaN',
  'Infinity',
  '0x10',
  '1.5',
  'ten',
  '1,2,3',
  '--1',
  '１',
])('refuses %j as a whole number from 1 to 4096', (text) => {
  const parsed = parseNumber(text, whole);
  expect(parsed.ok).toBe(false);
  expect(parsed.ok ? '' : parsed.problem).toMatch(/from 1 to 4,096/);
});

test('any text either becomes a number within the rule or is refused', () => {
  const text = fc.oneof(fc.string(), fc.double().map(String), fc.stringMatching(/^[-+0-9.,e ]{0,12}$/));
  fc.assert(
    fc.property(text, (typed) => {
      const parsed = parseNumber(typed, whole);
      expect(
        !parsed.ok || (Number.isInteger(parsed.value) && parsed.value >= 1 && parsed.value <= 4096),
      ).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('every number comes back from its own text', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), (value) => {
      // `String` has no minus for zero.
      expect(parseNumber(String(value), wide)).toEqual({ ok: true, value: value + 0 });
    }),
  );
});
