// The masks that the command line prints, against the paper's definition.

import { describe, expect, it } from 'vitest';
import { weft } from './testing.ts';

/** The paper's definition (section 4.2, 4.3), key by key. */
function sees(
  pattern: string,
  factor: number,
  [l, c, head, heads]: [number, number, number, number],
  i: number,
  j: number,
) {
  if (j > i) return false;
  if (pattern === 'dense') return true;
  if (pattern === 'local') return j > i - l;
  if (pattern === 'strided') return factor === 0 ? j > i - l : (i - j) % l === 0;
  if (factor === 0) return Math.floor(j / l) === Math.floor(i / l);
  const last = l - (head % Math.min(heads, Math.floor(l / c))) * c;
  return j % l >= last - c && j % l < last;
}

describe('mask', () => {
  it.each([
    ['dense', 1, 1, 0, 1],
    ['local', 5, 1, 0, 1],
    ['strided', 7, 1, 0, 1],
    ['strided', 1, 1, 0, 1],
    ['strided', 50, 1, 0, 1],
    ['fixed', 8, 3, 0, 1],
    ['fixed', 8, 2, 3, 4],
    ['fixed', 8, 2, 5, 16],
    ['fixed', 8, 8, 1, 2],
  ])(
    'prints %s with stride %i, cells %i, head %i of %i as the paper defines it',
    async (pattern, l, c, head, heads) => {
      const length = 37;
      const numbers = { stride: l, 'summary-cells': c, head, heads, length };
      const args = [
        'mask',
        '--pattern',
        pattern,
        ...Object.entries(numbers).flatMap(([key, value]) => [`--${key}`, `${value}`]),
      ];
      const hasTwo = pattern === 'strided' || pattern === 'fixed';
      const variants = hasTwo
        ? [['--factor', '0'], ['--factor', '1'], ['--merged'], []]
        : [['--factor', '0'], []];
      for (const variant of variants) {
        const { stdout } = await weft([...args, ...variant]);
        const factors = variant[0] === '--factor' ? [Number(variant[1])] : hasTwo ? [0, 1] : [0];
        const wanted = Array.from({ length }, (_, i) =>
          Array.from({ length }, (_, j) => j).filter((j) =>
            factors.some((factor) => sees(pattern, factor, [l, c, head, heads], i, j)),
          ),
        );
        expect(JSON.parse(stdout)).toEqual({ keys: wanted });
      }
    },
  );

  const printed = async (...args: readonly string[]): Promise<number[][]> =>
    JSON.parse((await weft(['mask', ...args])).stdout).keys;
  const keysBy = (length: number, seen: (query: number, key: number) => boolean) =>
    Array.from({ length }, (_, i) => Array.from({ length: i + 1 }, (_, j) => j).filter((j) => seen(i, j)));

  it('prints the factors of the successors', async () => {
    const sizes = ['--length', '37', '--stride', '6'];
    const block = (i: number) => Math.floor(i / 6);
    expect(await printed('--factors', 'local,sink', ...sizes, '--summary-cells', '3')).toEqual(
      keysBy(37, (i, j) => j > i - 6 || j < 3),
    );
    expect(await printed('--factors', 'dilated', ...sizes, '--dilation', '4')).toEqual(
      keysBy(37, (i, j) => (i - j) % 4 === 0 && i - j < 24),
    );
    expect(await printed('--factors', 'ownBlock,previousBlock', ...sizes)).toEqual(
      keysBy(37, (i, j) => block(i) - block(j) <= 1),
    );
    expect(await printed('--factors', 'sink', '--length', '9', '--summary-cells', '4')).toEqual(
      keysBy(9, (_, j) => j < 4),
    );
  });

  it('prints layers and heads of the presets', async () => {
    expect(await printed('--preset', 'jukebox', '--layer', '2', '--length', '300')).toEqual(
      keysBy(300, (i, j) => Math.floor(i / 128) === Math.floor(j / 128) + 1),
    );
    expect(await printed('--preset', 'dilated', '--head', '1', '--length', '600')).toEqual(
      keysBy(600, (i, j) => (i - j) % 8 === 0 && i - j < 512),
    );
    expect(await printed('--preset', 'figure3')).toEqual(
      keysBy(36, (i, j) => j > i - 6 || (i - j) % 6 === 0),
    );
  });
});
