// The command line as a person runs it: a run's whole story on the reference engine, and the bundle it comes from.

import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { trainArgs as argsOf, jsonLines, reference, testFolder, weft } from './testing.ts';

const { at } = testFolder();
const trainArgs = (out: string, ...more: string[]) => argsOf(at, out, ...more);

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

    await weft(['pack', ...weights, '--name', 'small', '--out', at('packed.safetensors')]);
    const packed = await weft(['info', '--weights', at('packed.safetensors'), '--json']);
    expect(jsonLines(packed.stdout)[0]).toMatchObject({ name: 'small', medium: { kind: 'text' } });
    const full = await readFile(at('straight/weights.safetensors'));
    expect((await readFile(at('packed.safetensors'))).length).toBeLessThan(0.6 * full.length);
    const again = await weft([
      ...['eval', '--weights', at('packed.safetensors'), ...data, '--part', 'val', '--json', ...reference],
    ]);
    expect(jsonLines(again.stdout)[0]?.bitsPerByte).toBeCloseTo(heldOut?.bitsPerByte as number, 2);

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

  it('takes the place of another only when it is told to', async () => {
    await weft(trainArgs('twice'));
    const other = trainArgs('twice', '--seed', '9', '--stop-after', '2');
    const refused = await weft(other);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/twice holds a run already\. .*--overwrite\.\n$/);
    await weft([...other, '--overwrite']);
    const kept = await readdir(at('twice/checkpoints'));
    expect(kept.sort()).toEqual(['000000002.json', '000000002.safetensors']);
    const goOn = ['train', '--resume', at('twice'), '--data', at('text.txt'), '--json', ...reference];
    const [next] = jsonLines((await weft(goOn)).stdout);
    expect(next).toMatchObject({ step: 2 });
    expect(JSON.parse(await readFile(at('twice/run.json'), 'utf8')).training.seed).toBe(9);
  });

  it('ends after its minutes, and says what is left', async () => {
    const timed = trainArgs('timed', '--minutes', '0.02').filter((arg) => arg !== '--json');
    const steps = timed.indexOf('--steps');
    const { code, stdout } = await weft(timed.toSpliced(steps, 2));
    expect(code).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines.length).toBeGreaterThan(2);
    expect(lines[0]).toMatch(/^[\d,]+ parameters, \d+\.\d MiB of memory$/);
    expect(lines[1]).toMatch(/^step 1 {2}8\.\d+ bits per byte .* 0:01 left$/);
    expect(lines.at(-1)).toMatch(/ held-out \d\.\d+$/);
    const run = JSON.parse(await readFile(at('timed/run.json'), 'utf8'));
    expect(run.training).toMatchObject({ minutes: 0.02, steps: 1e9 });
    const resumed = ['train', '--data', at('text.txt'), '--resume', at('timed'), ...reference];
    expect((await weft(resumed)).stdout).toContain('nothing left to do');
    expect((await weft([...resumed, '--minutes', '0.03'])).stdout).toMatch(/held-out \d\.\d+\n$/);
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
