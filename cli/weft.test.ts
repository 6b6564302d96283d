// The command line as a person runs it: whole stories on the reference engine, and everything that can be wrong.

import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testConfig } from '../src/model/testing.ts';
import { jsonLines, weft } from './testing.ts';

let folder: string;
const at = (name: string) => join(folder, name);
const reference = ['--engine', 'reference'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-'));
  await writeFile(at('text.txt'), 'the cat sat on the mat, and the dog saw the cat. '.repeat(40));
  await writeFile(at('empty.txt'), '');
  await writeFile(at('short.txt'), 'short');
  await writeFile(at('large.txt'), '');
  await truncate(at('large.txt'), 300 * 2 ** 20);
  await writeFile(at('model.json'), JSON.stringify(testConfig));
  await writeFile(at('odd.json'), JSON.stringify({ ...testConfig, nHead: 3 }));
  await writeFile(
    at('huge.json'),
    JSON.stringify({ ...testConfig, dModel: 16_384, dQueryKey: 16_384, nLayer: 512 }),
  );
  await writeFile(at('broken.json'), '{');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const trainArgs = (out: string, ...more: string[]) => [
  'train',
  ...['--data', at('text.txt'), '--config', at('model.json'), '--out', at(out)],
  ...['--steps', '6', '--micro-batch', '2', '--seed', '3', '--evaluate-every', '3', '--json'],
  ...reference,
  ...more,
];

describe('a run', () => {
  it('trains, evaluates, samples', async () => {
    const trained = await weft(trainArgs('straight'));
    expect(trained).toMatchObject({ code: 0, stderr: '' });
    const lines = jsonLines(trained.stdout);
    expect(lines.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const line of lines) {
      for (const key of ['loss', 'bitsPerByte', 'learningRate', 'gradNorm', 'tokensPerSecond']) {
        expect(line[key]).toBeTypeOf('number');
      }
    }
    expect(lines[0]?.bitsPerByte).toBeCloseTo(8, 2);
    expect(lines.map((line) => 'heldOutBitsPerByte' in line)).toEqual([
      false,
      false,
      true,
      false,
      false,
      true,
    ]);

    const weights = ['--weights', at('straight/weights.safetensors')];
    const data = ['--data', at('text.txt')];
    const evaluated = await weft(['eval', ...weights, ...data, '--part', 'val', '--json', ...reference]);
    const heldOut = jsonLines(evaluated.stdout)[0];
    expect(heldOut).toMatchObject({ part: 'val', minContext: 0, contextLength: 32, scoredBytes: 98 });
    expect(heldOut?.bitsPerByte).toBe(lines.at(-1)?.heldOutBitsPerByte);
    const whole = await weft(['eval', ...weights, ...data, '--min-context', '31', '--json', ...reference]);
    expect(jsonLines(whole.stdout)[0]).toMatchObject({ part: 'all', scoredBytes: 1960 });

    const sampleArgs = ['sample', ...weights, '--length', '100', '--prompt', 'the ', ...reference];
    const sampled = await weft([...sampleArgs, '--seed', '4', '--out', at('a.bin'), '--json']);
    expect(jsonLines(sampled.stdout)[0]).toMatchObject({ bytes: 100, out: at('a.bin') });
    await weft([...sampleArgs, '--seed', '4', '--out', at('b.bin')]);
    await weft([...sampleArgs, '--seed', '5', '--out', at('c.bin')]);
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => readFile(at(`${name}.bin`))));
    expect(a?.length).toBe(100);
    const printed = await weft([...sampleArgs, '--seed', '4']);
    expect(printed.stdout).toBe(a?.toString('utf8'));
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });

  it('resumes to the same bits: after --stop-after, and after Ctrl-C', async () => {
    const steps = ['--steps', '60'];
    await weft(trainArgs('whole', ...steps));
    const stopped = await weft(trainArgs('stopped', ...steps, '--stop-after', '2'));
    expect(stopped.stderr).toContain('Stopped after 2 steps');
    expect(jsonLines(stopped.stdout).length).toBe(2);

    const interrupted = await weft(trainArgs('interrupted', ...steps), (child) => {
      child.stdout?.once('data', () => child.kill('SIGINT'));
    });
    expect(interrupted.code).toBe(130);
    expect(interrupted.stderr).toContain('Stopped after');

    const whole = await readFile(at('whole/weights.safetensors'));
    for (const name of ['stopped', 'interrupted']) {
      const resumed = await weft([
        'train',
        '--data',
        at('text.txt'),
        '--resume',
        at(name),
        '--json',
        ...reference,
      ]);
      expect(resumed).toMatchObject({ code: 0, stderr: '' });
      expect((await readFile(at(`${name}/weights.safetensors`))).equals(whole)).toBe(true);
    }
    const again = await weft(trainArgs('whole', ...steps, '--resume', at('whole')));
    expect(jsonLines(again.stdout)).toEqual([{ step: 60, heldOutBitsPerByte: expect.any(Number) }]);
    const kept = (await readdir(at('stopped/checkpoints'))).sort();
    expect(kept.map((name) => name.split('.')[0])).toEqual([
      '000000002',
      '000000002',
      '000000060',
      '000000060',
    ]);
  });

  it('can be repeated from its run.json', async () => {
    await weft(trainArgs('first', '--stop-after', '1'));
    const args = ['train', '--data', at('text.txt'), '--config', at('first/run.json'), '--out', at('second')];
    expect((await weft([...args, '--json', ...reference])).code).toBe(0);
    const [first, second] = await Promise.all(
      ['first', 'second'].map(async (name) => JSON.parse(await readFile(at(`${name}/run.json`), 'utf8'))),
    );
    expect(second).toEqual(first);
  });
});

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
});

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
    ['directory as data', 'is not a file', () => train(...tiny, '--data', folder)],
    ['empty file', 'This file is empty', () => train(...tiny, '--data', at('empty.txt'))],
    ['300 MB file', '300 MiB; at most 256 MiB', () => train(...tiny, '--data', at('large.txt'))],
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
      () => train('--data', at('text.txt'), '--resume', folder),
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

describe('the bundle', () => {
  it('is made once, also by parallel calls', async () => {
    const cache = join(import.meta.dirname, '../.cache');
    const bundles = async () => (await readdir(cache)).filter((name) => /^(weft|draft)-/.test(name));
    for (const name of await bundles()) await rm(join(cache, name));
    const outcomes = await Promise.all([1, 2, 3].map(() => weft(['info', '--json', ...reference])));
    for (const { code, stdout } of outcomes) {
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({ engine: 'reference' });
    }
    expect((await bundles()).length).toBe(1);
  });

  it('explains itself', async () => {
    const { code, stdout } = await weft(['help']);
    expect(stdout).toContain('--min-context');
    expect(code).toBe(0);
  });
});
