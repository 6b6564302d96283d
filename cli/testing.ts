// Runs the real command line for tests, as a person would, in a folder of files to try it on.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { testConfig } from '../src/model/testing/configs.ts';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const script = join(import.meta.dirname, '../scripts/weft.mjs');

/** Runs `weft` with arguments; `onStart` gets the process, to send it signals; `environment` is added to ours. */
export function weft(
  args: readonly string[],
  onStart?: (child: ChildProcess) => void,
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [script, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  onStart?.(child);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** The JSON values on the lines of an output. */
export function jsonLines(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line.length > 0)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export const reference = ['--engine', 'reference'];

/** A folder with a text, some configurations and what is wrong with files, for the tests of one file. */
export function testFolder(): { readonly at: (name?: string) => string } {
  let folder = '';
  const at = (name = '') => join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'weft-'));
    await writeFile(at('text.txt'), 'the cat sat on the mat, and the dog saw the cat. '.repeat(40));
    await writeFile(at('empty.txt'), '');
    await writeFile(at('short.txt'), 'short');
    await writeFile(at('large.txt'), '');
    await truncate(at('large.txt'), 300 * 2 ** 20);
    await writeFile(at('model.json'), JSON.stringify(testConfig));
    await writeFile(at('odd.json'), JSON.stringify({ ...testConfig, nHead: 3 }));
    const huge = { ...testConfig, nHead: 256, dModel: 16_384, dQueryKey: 16_384, nLayer: 512 };
    await writeFile(at('huge.json'), JSON.stringify(huge));
    await writeFile(at('broken.json'), '{');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return { at };
}

/** Trains a tiny model on the folder's text. */
export const trainArgs = (at: (name: string) => string, out: string, ...more: string[]) => [
  'train',
  ...['--data', at('text.txt'), '--config', at('model.json'), '--out', at(out)],
  ...['--steps', '6', '--micro-batch', '2', '--seed', '3', '--evaluate-every', '3', '--json'],
  ...reference,
  ...more,
];
