// The costs of the paper's experiments, from its numbers alone, and what every pattern's cost keeps to.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { densePairs } from '../../patterns/index.ts';
import { UNIONS } from '../../patterns/testing.ts';
import { atLength, denseCost, patternCost } from './patternCost.ts';
import { PRESETS } from './presets.ts';
import { changed, INITIAL } from './settings.ts';

const preset = (id: string) => {
  const found = PRESETS.find((one) => one.id === id);
  if (!found) throw new Error(id);
  return found.settings;
};
const share = (id: string) => {
  const settings = preset(id);
  return patternCost(settings, settings.layers).pairs / denseCost(settings.length, settings.nHead).pairs;
};

test('a quarter of dense for enwik8, a fortieth for CIFAR-10, a six-hundredth for a million samples', () => {
  // Heads differ a little: those that do not read a block's last cells see their own block's, too.
  expect(share('enwik8')).toBeCloseTo(0.258, 2);
  expect(share('cifar10')).toBeCloseTo((3 * 0.0615 + 0.0107) / 4, 3);
  expect(share('audio-long')).toBeCloseTo((0.001952 + 0.000977) / 2, 5);
});

test('dense stores what the authors’ table says: 16 MB a layer of 4 heads at 1,024 positions, were the future stored too', () => {
  const { weightsBytes } = denseCost(1024, 4);
  expect((2 * weightsBytes) / 2 ** 20).toBeCloseTo(16, 0);
});

test('no pattern costs more than dense, and what a position reads is kept', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.constantFrom(...UNIONS), { minLength: 1, maxLength: 2 }), {
        minLength: 1,
        maxLength: 3,
      }),
      fc.integer({ min: 16, max: 4096 }),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1, max: 8 }),
      (layers, length, stride, nHead) => {
        const settings = changed(INITIAL, { length, stride, nHead, layers });
        const cost = patternCost(settings, layers);
        const dense = denseCost(length, settings.nHead);
        expect(cost.pairs).toBeLessThanOrEqual(dense.pairs + 1e-6);
        expect(cost.rowsRead).toBeLessThanOrEqual(cost.cacheRows + 1e-6);
        expect(cost.flopsBackward / cost.flopsForward || 2.5).toBeCloseTo(2.5);
      },
    ),
    { numRuns: 200 },
  );
});

test('a stride of √n makes strided grow as n√n: eight times for four times the length', () => {
  const audio = preset('audio');
  const at = (length: number) => patternCost(atLength(audio, length, 'root'), audio.layers).pairs;
  expect(at(2 ** 20) / at(2 ** 18)).toBeCloseTo(8, 1);
  expect(densePairs(2 ** 20) / densePairs(2 ** 18)).toBeCloseTo(16, 3);
});
