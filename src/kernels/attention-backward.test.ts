// Which kernels make the gradients of a segment, and that what they keep apart fits an adapter.

import { expect, it } from 'vitest';
import { type Factor, keyRange, segmentsOf } from '../patterns/index.ts';
import { attentionBackward } from './attention-backward.ts';
import { attentionPartials } from './attention-ways.ts';

const tiles = { variant: { depth: 32 }, storage: 'full' } as const;

/** The kernels of each segment of a pattern, and elements of their partial sums. */
function backwardOf(
  factors: readonly Factor[],
  [B, T, nHead]: readonly [number, number, number],
  stride = 128,
) {
  const shape = { B, T, nHead, dQK: 64, dV: 64 };
  return segmentsOf(factors, { stride, summaryCells: 32, nHead }, T).map((segment, index) => {
    const heads = { segment, firstHead: 0, nHead };
    const kernels = attentionBackward(shape, heads, index > 0, tiles.variant, tiles.storage);
    return {
      names: kernels.map(({ name }) => name.replace('attention/', '')),
      partials: attentionPartials(shape, heads, tiles),
    };
  });
}

const namesOf = (...given: Parameters<typeof backwardOf>) =>
  backwardOf(...given).flatMap(({ names }) => names);

it('makes a group whole where there are many, and shares where a query sees itself and a few tiles before', () => {
  expect(namesOf(['local', 'column'], [1, 12_288, 4])).toEqual([
    'backward-shared/local',
    'reduce-query/local',
    'backward-group/column',
  ]);
  expect(namesOf(['dense'], [8, 1024, 4])).toEqual(['backward-shared/dense', 'reduce-query/dense']);
});

it('makes scores twice where shares would be too many or out of step, and keys in parts where they are few', () => {
  expect(namesOf(['dense'], [1, 12_288, 4])).toEqual(['backward-query/dense', 'backward-key/dense']);
  expect(namesOf(['dense'], [1, 1024, 4])).toEqual([
    'backward-query/dense',
    'backward-key/dense',
    'reduce-key/dense',
  ]);
  expect(namesOf(['local'], [1, 100, 4], 16), 'tiles of 32 rows').toEqual([
    'backward-query/local',
    'backward-key/local',
  ]);
  expect(namesOf(['previousBlock'], [1, 12_288, 4])).toEqual([
    'backward-query/previousBlock',
    'backward-key/previousBlock',
  ]);
});

it('makes shares only where every query sees itself last, as the kernels take for granted', () => {
  const unions: Factor[][] = [
    ...[
      ['dense'],
      ['local'],
      ['column'],
      ['ownBlock'],
      ['summary'],
      ['previousBlock'],
      ['dilated'],
      ['sink'],
    ],
    ...[
      ['local', 'column'],
      ['local', 'sink'],
      ['local', 'dilated'],
      ['ownBlock', 'summary'],
    ],
    ...[
      ['previousBlock', 'ownBlock'],
      ['previousBlock', 'ownBlock', 'summary'],
    ],
  ] as Factor[][];
  let shared = 0;
  for (const factors of unions) {
    for (const [stride, summaryCells] of [
      [1, 1],
      [2, 1],
      [7, 7],
      [70, 5],
      [200, 200],
    ] as const) {
      const shape = { B: 1, T: 200, nHead: 2, dQK: 4, dV: 4 };
      for (const segment of segmentsOf(factors, { stride, summaryCells, nHead: 2 }, shape.T)) {
        const heads = { segment, firstHead: 0, nHead: 2 };
        const [first] = attentionBackward(shape, heads, true, tiles.variant);
        if (!first?.name.startsWith('attention/backward-shared')) continue;
        shared++;
        for (let row = 0; row < shape.T; row++) {
          for (const head of [0, 1]) {
            expect(keyRange(segment, head, row).hi, `${factors}, stride ${stride}, row ${row}`).toBe(row + 1);
          }
        }
      }
    }
  }
  expect(shared).toBeGreaterThan(5);
});

it('keeps nothing apart where groups are made whole', () => {
  expect(backwardOf(['dense'], [64, 256, 4])).toEqual([{ names: ['backward-group/dense'], partials: 0 }]);
});

it('keeps no more apart than every adapter binds', () => {
  for (const stride of [16, 128, 1024]) {
    for (const T of [1024, 12_288, 65_536, 262_144]) {
      for (const { partials } of backwardOf(['local'], [1, T, 4], stride)) {
        expect(partials * 4, `${stride} of ${T}`).toBeLessThanOrEqual(2 ** 27);
      }
    }
  }
});
