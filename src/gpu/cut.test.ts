// Every workgroup of a kernel is in exactly one of the boxes that it is cut into, and no box is more than WebGPU allows.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutGrid, MOST_A_SIDE } from './cut.ts';

const side = fc.integer({ min: 1, max: 9 });

test('boxes cover a grid, each workgroup once, and keep to their size', () => {
  fc.assert(
    fc.property(fc.tuple(side, side, side), fc.integer({ min: 1, max: 800 }), (grid, most) => {
      const seen = new Set<string>();
      let count = 0;
      for (const { origin, size } of cutGrid(grid, most)) {
        expect(size[0] * size[1] * size[2]).toBeLessThanOrEqual(most);
        for (let x = 0; x < size[0]; x++) {
          for (let y = 0; y < size[1]; y++) {
            for (let z = 0; z < size[2]; z++) {
              seen.add(`${origin[0] + x} ${origin[1] + y} ${origin[2] + z}`);
              count++;
            }
          }
        }
      }
      expect(count).toBe(grid[0] * grid[1] * grid[2]);
      expect(seen.size).toBe(count);
    }),
  );
});

test('sides beyond what a dispatch allows are cut, others are not', () => {
  expect(cutGrid([3, 65_535, 2])).toEqual([{ origin: [0, 0, 0], size: [3, 65_535, 2] }]);
  const boxes = cutGrid([2, 1_048_576, 1]);
  expect(boxes.length).toBe(17);
  expect(Math.max(...boxes.flatMap(({ size }) => size))).toBe(MOST_A_SIDE);
  expect(boxes.reduce((sum, { size }) => sum + size[1], 0)).toBe(1_048_576);
});
