// How long a FLAC file is, by its frames.

import { expect, it } from 'vitest';
import { flacLength } from './flac.ts';
import { makeFlac } from './testing.ts';

it('is what its frames hold, not what its header says', () => {
  const file = makeFlac(300, { channels: 3, rateHz: 65_535, claimed: 1000 });
  expect(flacLength(file)).toEqual({ channels: 3, seconds: 300 });
  expect(flacLength(file.subarray(0, file.length - 1000))!.seconds).toBeLessThan(300);
});

it('is found in Ogg, whose first page begins before it', () => {
  const page = new Uint8Array(36);
  expect(flacLength(Uint8Array.of(...page, ...makeFlac(2, { rateHz: 65_535 })))?.seconds).toBe(2);
});

it('is not guessed: bytes without a checksum are no frame', () => {
  const file = makeFlac(2, { rateHz: 65_535 });
  file[42 + 7]! ^= 1;
  expect(flacLength(file)?.seconds).toBe(1);
  expect(flacLength(file.subarray(0, 40))).toBeUndefined();
  expect(flacLength(Uint8Array.of(0xff, 0xfb, 0x90, 0x64))).toBeUndefined();
});
