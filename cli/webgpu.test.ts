// The command line on WebGPU, in Node: the same story as on the reference engine, with nearly the same numbers.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { testConfig } from '../src/model/testing/configs.ts';
import { jsonLines, type Outcome, weft } from './testing.ts';

let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'weft-'));
  await writeFile(at('text.txt'), 'the cat sat on the mat, and the dog saw the cat. '.repeat(40));
  await writeFile(at('model.json'), JSON.stringify(testConfig));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a command that must succeed. */
async function succeed(...args: string[]): Promise<Outcome> {
  const outcome = await weft([...args, '--json']);
  expect(outcome.code, outcome.stderr).toBe(0);
  return outcome;
}

const train = (out: string, ...more: string[]) =>
  succeed(
    ...['train', '--data', at('text.txt'), '--config', at('model.json'), '--out', at(out)],
    ...['--steps', '8', '--micro-batch', '3', '--seed', '3', '--learning-rate', '0.01'],
    ...more,
  );

// Each command lays out its kernels anew, which takes a software adapter many seconds.
it('trains, resumes, evaluates and samples as the reference engine does', async () => {
  const losses = ({ stdout }: Outcome) => jsonLines(stdout).map(({ loss }) => loss as number);
  const straight = losses(await train('straight'));
  const wanted = losses(await train('reference', '--engine', 'reference'));
  expect(straight.length).toBe(8);
  for (const [step, loss] of straight.entries()) expect(loss).toBeCloseTo(wanted[step] ?? 0, 4);

  await train('stopped', '--stop-after', '3');
  await train('stopped', '--resume', at('stopped'));
  const weights = await Promise.all(
    ['straight', 'stopped'].map((name) => readFile(at(`${name}/weights.safetensors`))),
  );
  expect(weights[0]?.equals(weights[1] ?? Buffer.alloc(0))).toBe(true);

  const evaluate = async (...more: string[]) => {
    const args = ['eval', '--weights', at('straight/weights.safetensors'), '--data', at('text.txt')];
    return jsonLines((await succeed(...args, '--min-context', '20', ...more)).stdout)[0]
      ?.bitsPerByte as number;
  };
  expect(await evaluate()).toBeCloseTo(await evaluate('--engine', 'reference'), 4);

  const sample = async (...more: string[]) => {
    const args = [
      'sample',
      '--weights',
      at('straight/weights.safetensors'),
      '--length',
      '80',
      '--prompt',
      'the',
    ];
    return jsonLines((await succeed(...args, '--seed', '4', ...more)).stdout)[0]?.text;
  };
  expect(await sample()).toBe(await sample('--engine', 'reference'));
}, 600_000);
