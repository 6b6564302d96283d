// What a tuner found, kept by adapter. It is small and can be measured again: what cannot be read is as good as none.

import { Failure } from '../lib/errors.ts';
import { Fields, readObject } from '../lib/fields.ts';
import type { Tuning, TuningStep } from '../protocol/index.ts';
import type { Store } from './store.ts';

export const TUNING_FOLDER = 'tuning';

/** What tells one adapter from another. */
export interface AdapterNames {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
}

const MOST_STEPS = 100;
const MOST_KERNELS = 100;

function pathOf({ vendor, architecture, description }: AdapterNames): string {
  const name = [vendor, architecture, description]
    .filter(Boolean)
    .join('-')
    .replace(/[^\w.-]+/g, '_');
  return `${TUNING_FOLDER}/${name.slice(0, 100) || 'adapter'}.json`;
}

/** What is kept of an adapter; undefined where nothing is, or nothing that can be read. */
export async function loadTuning(store: Store, adapter: AdapterNames): Promise<Tuning | undefined> {
  try {
    const path = pathOf(adapter);
    return parsed(readObject(new TextDecoder().decode(await store.read(path)), path));
  } catch (error) {
    if (error instanceof Failure) return undefined;
    throw error;
  }
}

/** Throws a `Failure` 'storage-full' where there is no room. */
export async function saveTuning(store: Store, adapter: AdapterNames, tuning: Tuning): Promise<void> {
  await store.write(pathOf(adapter), new TextEncoder().encode(JSON.stringify(tuning)));
}

export async function forgetTuning(store: Store, adapter: AdapterNames): Promise<void> {
  await store.delete(pathOf(adapter));
}

function parsed(fields: Fields): Tuning {
  const steps = list(fields, 'steps', MOST_STEPS);
  return {
    measuredAtMs: fields.number('measuredAtMs', 0, Number.MAX_SAFE_INTEGER),
    on: fields.flag('on'),
    steps: steps.map((step, index) => parsedStep(new Fields(step, `step ${index + 1}`))),
  };
}

function parsedStep(fields: Fields): TuningStep {
  const shape = fields.object('shape');
  const extent = (name: string) => shape.count(name, 1, 2 ** 24);
  const kernels = list(fields, 'kernels', MOST_KERNELS);
  const ms = list(fields, 'ms', MOST_KERNELS);
  const isTime = (time: unknown): time is number => typeof time === 'number' && time >= 0 && time < Infinity;
  const isName = (name: unknown): name is string => typeof name === 'string' && name.length <= 100;
  if (!ms.every(isTime) || !kernels.every(isName) || ms.length !== kernels.length || ms.length === 0) {
    throw new Failure('bad-file', 'A step has a name and a time for each kernel.');
  }
  return {
    storage: fields.choice('storage', ['full', 'packed']),
    product: fields.text('product', 100),
    shape: { M: extent('M'), N: extent('N'), K: extent('K') },
    kernels,
    ms,
  };
}

function list(fields: Fields, name: string, most: number): readonly unknown[] {
  const value = fields.value(name);
  if (Array.isArray(value) && value.length <= most) return value;
  throw new Failure('bad-file', `"${name}" is a list of at most ${most}.`);
}
