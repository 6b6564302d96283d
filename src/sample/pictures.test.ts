// Whole pictures, more of them than are drawn side by side.

import { expect, test } from 'vitest';
import { BigramEngine } from '../model/testing/bigram.ts';
import { generatePictures } from './pictures.ts';

const settings = { seed: 3, temperature: 1, topK: 0, topP: 1, prompt: Uint8Array.of(9, 8, 7) };

test('fill the context behind their beginning, and no two are the same', async () => {
  const shares: number[] = [];
  const onProgress = (share: number) => shares.push(share);
  const pictures = await generatePictures(new BigramEngine(), { ...settings, samples: 20, onProgress });
  expect(pictures.map(({ length }) => length)).toEqual(Array(20).fill(32));
  expect(pictures.every((picture) => `${picture.subarray(0, 3)}` === '9,8,7')).toBe(true);
  expect(new Set(pictures.map(String)).size).toBe(20);
  expect(shares).toEqual(shares.toSorted((a, b) => a - b));
  expect(shares.at(-1)).toBe(1);
  const again = await generatePictures(new BigramEngine(), { ...settings, samples: 2 });
  expect(again).toEqual(pictures.slice(0, 2));
});
