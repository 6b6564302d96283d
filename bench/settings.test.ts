// The arguments of the benchmarks.

import { expect, test } from 'vitest';
import { Arguments } from '../cli/arguments.ts';
import { GROUPS } from '../src/measure/rows.ts';
import { readSettings, settingsOptions } from './settings.ts';

const read = (...args: string[]) => readSettings(new Arguments(args, settingsOptions));

test('without arguments, everything is measured on the built-in text', async () => {
  const settings = await read();
  expect(settings).toMatchObject({
    groups: GROUPS,
    lengths: undefined,
    stride: undefined,
    model: '',
    profile: false,
  });
  expect(settings.data.length).toBe(2 ** 20);
});

test('groups and lengths are lists', async () => {
  const args = [
    '--only',
    'attention,sample',
    '--length',
    '64, 128',
    '--stride',
    '8',
    '--model',
    'T1',
    '--profile',
  ];
  expect(await read(...args)).toMatchObject({
    groups: ['attention', 'sample'],
    lengths: [64, 128],
    stride: 8,
    model: 'T1',
    profile: true,
  });
});

test('a file gives its bytes', async () => {
  expect(new TextDecoder().decode((await read('--data', 'package.json')).data)).toContain('"weft"');
});

test.each([
  ['--only', 'attention,speed', /--only takes attention, matmul/],
  ['--length', '64,x', /--length takes whole numbers/],
  ['--length', '64,,128', /--length/],
  ['--length', '8', /from 16/],
  ['--stride', '0', /--stride/],
  ['--data', 'nowhere.bin', /nowhere\.bin/],
  ['--fast', 'yes', /--fast/],
])('%s %s is refused', async (option, value, problem) => {
  await expect((async () => read(option, value))()).rejects.toThrow(problem);
});
