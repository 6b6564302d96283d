// What a person gets wrong: one sentence on standard error each, and an exit code that says whose mistake it was.

import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { trainArgs as argsOf, reference, testFolder, weft } from './testing.ts';

const { at } = testFolder();
const trainArgs = (out: string, ...more: string[]) => argsOf(at, out, ...more);

beforeAll(() => mkdir(at('nothing')));

describe('what a person gets wrong', () => {
  const out = ['--out', '/tmp/weft-never-made'];
  const train = (...args: string[]) => ['train', ...out, ...reference, ...args];
  const tiny = ['--preset', 'tiny'];
  const mask = (...args: string[]) => ['mask', ...args];

  it.each<[what: string, message: string, args: () => string[]]>([
    ['no such command', 'There is no command "dance"', () => ['dance']],
    ['unknown option', "Unknown option '--flour'", () => train('--flour', '1')],
    ['stray argument', "Unexpected argument 'now'", () => train('now')],
    ['option without value', 'argument missing', () => train('--data')],
    [
      'seconds of a text',
      '--seconds says nothing about --kind text',
      () => ['make', '--kind', 'text', '--seconds', '3', ...out],
    ],
    [
      'pictures without end',
      'at most 268,435,456 are made',
      () => ['make', '--kind', 'image', '--pictures', '1000000', ...out],
    ],
    [
      'sound without end',
      'at most 268,435,456 are made',
      () => ['make', '--kind', 'audio', '--seconds', '7200', '--rate', '48000', ...out],
    ],
    [
      'a folder in a file',
      'a part of its path is not a directory',
      () => ['make', '--out', at('short.txt/made.txt')],
    ],
    ['packing nothing', '--weights is missing', () => ['pack', ...out]],
    [
      'a name too long',
      '--name takes 200 characters at most',
      () => train(...tiny, '--data', at('text.txt'), '--name', 'x'.repeat(201)),
    ],
    [
      'a value that begins with a dash',
      "use '--prompt=-XYZ'",
      () => ['sample', '--weights', at('none'), '--length', '1', '--prompt', '- Hi'],
    ],
    ['no data', '--data is missing', () => train(...tiny)],
    ['no preset', '--preset is missing', () => train('--data', at('text.txt'))],
    [
      'unknown preset',
      '--preset must be tiny, small or medium',
      () => train('--data', at('text.txt'), '--preset', 'x'),
    ],
    [
      'steps that are no number',
      '--steps must be',
      () => train(...tiny, '--data', at('text.txt'), '--steps', 'many'),
    ],
    ['half a step', 'whole number', () => train(...tiny, '--data', at('text.txt'), '--steps', '1.5')],
    ['missing file', 'does not exist', () => train(...tiny, '--data', at('none.txt'))],
    ['empty folder as data', 'holds no files', () => train(...tiny, '--data', at('nothing'))],
    ['empty file', 'empty.txt: it is empty', () => train(...tiny, '--data', at('empty.txt'))],
    ['300 MB file', '300 MiB or more; at most 256 MiB', () => train(...tiny, '--data', at('large.txt'))],
    [
      'short file',
      '5 bytes; training with a context of 128',
      () => train(...tiny, '--data', at('short.txt')),
    ],
    [
      'configuration that divides badly',
      'nHead',
      () => train('--data', at('text.txt'), '--config', at('odd.json')),
    ],
    ['configuration too large', 'Choose', () => train('--data', at('text.txt'), '--config', at('huge.json'))],
    [
      'configuration that is no JSON',
      'not JSON',
      () => train('--data', at('text.txt'), '--config', at('broken.json')),
    ],
    [
      'nothing to resume',
      'no run that can be resumed',
      () => train('--data', at('text.txt'), '--resume', at()),
    ],
    [
      'out in a file',
      'a part of its path',
      () => [
        'train',
        ...tiny,
        '--data',
        at('text.txt'),
        '--out',
        at('short.txt/x'),
        ...reference,
        '--steps',
        '1',
      ],
    ],
    [
      'corrupt weights',
      'not a safetensors file',
      () => ['eval', '--weights', at('text.txt'), '--data', at('text.txt')],
    ],
    ['missing weights', 'does not exist', () => ['sample', '--weights', at('none'), '--length', '1']],
    ['negative length', '--length', () => mask('--pattern', 'dense', '--length=-1')],
    ['no stride', '--stride is missing', () => mask('--pattern', 'strided', '--length', '4')],
    [
      'cells beyond the block',
      '--summary-cells',
      () => mask('--pattern', 'fixed', '--length', '4', '--stride', '2', '--summary-cells', '3'),
    ],
    [
      'second factor of local',
      'factor 0 only',
      () => mask('--pattern', 'local', '--length', '4', '--stride', '2', '--factor', '1'),
    ],
    [
      'head beyond the heads',
      '--head must be',
      () => mask('--pattern', 'dense', '--length', '4', '--head', '1'),
    ],
    ['no mask', '--pattern is missing', () => mask('--length', '4')],
    ['two masks', 'exclude each other', () => mask('--pattern', 'local', '--preset', 'sinks')],
    ['no such factor', '--factors takes', () => mask('--factors', 'local,nonsense', '--length', '4')],
    [
      'factors of no head',
      'A head cannot join',
      () => mask('--factors', 'local,summary', '--length', '4', '--stride', '2'),
    ],
    ['no such preset', '--preset must be', () => mask('--preset', 'nonsense')],
    ['a stride for a preset', 'has its own --stride', () => mask('--preset', 'sinks', '--stride', '4')],
    ['a layer beyond a preset', '--layer must be', () => mask('--preset', 'gpt3', '--layer', '2')],
    ['a layer of nothing', '--layer is one of', () => mask('--pattern', 'dense', '--layer', '0')],
    ['mask too large', 'Choose a smaller --length', () => mask('--pattern', 'dense', '--length', '1000000')],
  ])('%s: one sentence, exit code 2', async (_, message, args) => {
    const { code, stdout, stderr } = await weft(args());
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n').length).toBe(1);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('no graphics adapter at all', async () => {
    const { code, stderr } = await weft(['info'], undefined, { VK_ICD_FILENAMES: at('none.json') });
    expect(stderr).toMatch(/^No graphics adapter was found\. .*--engine reference .*\n$/);
    expect(code).toBe(2);
  });

  it.runIf(process.platform === 'linux')('a disk that is full behind standard output', () => {
    const script = join(import.meta.dirname, '../scripts/weft.mjs');
    const args = ['mask', '--pattern', 'dense', '--length', '10'];
    const { status, stderr } = spawnSync(process.execPath, [script, ...args], {
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    expect(String(stderr)).toMatch(/^Standard output cannot be written: .*no space left.*\n$/);
    expect(status).toBe(1);
  });

  it('other data for the same run', async () => {
    await weft(trainArgs('mine', '--stop-after', '1'));
    await writeFile(at('other.txt'), 'something else entirely. '.repeat(40));
    const args = ['train', '--data', at('other.txt'), '--resume', at('mine'), ...reference];
    const { code, stderr } = await weft(args);
    expect(stderr).toContain('trained on other data (text.txt)');
    expect(code).toBe(2);
  });

  it('diverging: exit code 1, with the step', async () => {
    const { code, stderr } = await weft(
      trainArgs('hot', '--learning-rate', '1e5', '--warmup-steps', '1', '--steps', '60'),
    );
    expect(stderr).toMatch(/^Training stopped at step \d+: /);
    expect(code).toBe(1);
  });
});
