// Amounts of each medium, as a person counts them.

import { expect, test } from 'vitest';
import { TEXT } from '../data/medium.ts';
import { amount } from './medium.ts';

test('sound is never a minute and sixty seconds', () => {
  const sound = { kind: 'audio', rateHz: 1000 } as const;
  const lengths = [1, 59_900, 59_960, 60_000, 119_400, 119_600, 3_599_900];
  expect(lengths.map((length) => amount(length, sound))).toEqual([
    ...['0.0 s', '59.9 s', '1 min 0 s', '1 min 0 s', '1 min 59 s', '2 min 0 s', '60 min 0 s'],
  ]);
});

test('pictures and bytes are counted', () => {
  const pictures = { kind: 'image', height: 2, width: 3, channels: 1 } as const;
  expect([amount(6, pictures), amount(12, pictures), amount(1234, TEXT)]).toEqual([
    ...['1 picture', '2 pictures', '1,234 bytes'],
  ]);
});
