import { describe, expect, test } from 'vitest';
import { type Dot, dotNames } from './dotNames.ts';

const bounds = [0, 360] as const;
const textsOf = (dots: readonly Dot[], chosen = '') =>
  [...dotNames(dots, chosen, bounds)].map(([index, { text, anchor }]) => `${index} ${text} ${anchor}`);

describe('the names of dots', () => {
  test('stand to the right, and to the left where the picture ends', () => {
    const dots = [
      { x: 40, y: 20, name: '1.1' },
      { x: 350, y: 20, name: '1.2' },
    ];
    expect(textsOf(dots)).toEqual(['0 1.1 start', '1 1.2 end']);
    expect(textsOf(dots, '1.2')).toEqual(['1 1.2 end', '0 1.1 start']);
  });

  test('are shared by dots that lie on each other, a few of them', () => {
    const lying = (count: number) =>
      Array.from({ length: count }, (_, i) => ({ x: 100 + i / 2, y: 50, name: `1.${i + 1}` }));
    expect(textsOf(lying(3))).toEqual(['0 1.1, 1.2, 1.3 start']);
    expect(textsOf(lying(6))).toEqual(['0 6 heads start']);
  });

  test('lie on no dot and on no other name, however close the dots are', () => {
    const dots = Array.from({ length: 36 }, (_, i) => ({
      x: 200 + ((i * 37) % 97),
      y: 40 + ((i * 23) % 41),
      name: `${Math.floor(i / 6) + 1}.${(i % 6) + 1}`,
    }));
    const chosen = '4.2';
    const names = [...dotNames(dots, chosen, bounds)];
    expect(names.map(([, { text }]) => text)).toContain(chosen);
    const boxes = names.map(([, { x, y, text, anchor }]) => {
      const width = text.length * 6.4;
      return { left: anchor === 'start' ? x : x - width, right: anchor === 'start' ? x + width : x, y };
    });
    for (const [index, a] of boxes.entries()) {
      for (const b of boxes.slice(index + 1)) {
        expect(a.left < b.right && b.left < a.right && Math.abs(a.y - b.y) < 9).toBe(false);
      }
    }
  });
});
