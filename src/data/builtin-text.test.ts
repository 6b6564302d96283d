// The built-in text: reproducible, plain, and with the structure that it promises.

import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BUILTIN_NAME, builtinFile, builtinText } from './builtin-text.ts';

const text = builtinText();

test('is 200 kB of plain ASCII, the same each time and another for another seed', () => {
  expect(text).toHaveLength(200_000);
  expect(text).toMatch(/^[\n -~]*$/);
  expect(builtinText()).toBe(text);
  expect(builtinText(2000, 2)).not.toBe(text.slice(0, 2000));
});

test('does its sums right', () => {
  const words = ['two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
  const sums = [...text.matchAll(/bought (\w+) \w+ at (\d)d each, (\d+)d in all/g)];
  expect(sums.length).toBeGreaterThan(100);
  for (const [, count, price, total] of sums) {
    expect((words.indexOf(count!) + 2) * Number(price)).toBe(Number(total));
  }
});

test('answers go back to the one who wrote, and signatures repeat the sender', () => {
  const letters = [...text.matchAll(/Dear (\w+),\n[\s\S]*?, (\w+)\n\n/g)].map(([, to, from]) => ({
    to,
    from,
  }));
  const answers = letters.filter((letter, index) => letter.to === letters[index - 1]?.from);
  expect(letters.every(({ to, from }) => to !== from)).toBe(true);
  expect(answers.length / letters.length).toBeGreaterThan(0.6);
});

test('is not so repetitive that there is nothing to learn', () => {
  const bitsPerByte = (8 * gzipSync(text).length) / text.length;
  expect(bitsPerByte).toBeGreaterThan(1.2);
  expect(bitsPerByte).toBeLessThan(3);
});

test('comes as a file', async () => {
  const file = builtinFile();
  expect(file.name).toBe(BUILTIN_NAME);
  expect(await file.text()).toBe(text);
});
