// The golden numbers of golden/, which PyTorch computed, for the tests of both engines: in Node and in a browser.

import cases from '../../golden/cases.json';
import { hash4 } from '../lib/random.ts';
import type { ModelConfig } from '../model/config.ts';
import type { UpdateSettings } from '../model/engine.ts';
import type { ParameterLayout } from '../model/parameters.ts';
import { checkConfig } from '../model/validate.ts';

/** As data: URLs, which Node and browsers fetch alike. */
const files = import.meta.glob<string>('../../golden/*.safetensors', {
  query: '?url&inline',
  import: 'default',
});

/** B of every golden batch. */
export const goldenBatch: number = cases.batch;

export const goldenTraining: UpdateSettings & { readonly steps: number } = cases.training;

/** Every golden model with its name. */
export const goldenCases: readonly (readonly [string, ModelConfig])[] = Object.entries(cases.cases).map(
  ([name, changes]) => [name, checkConfig({ ...cases.base, ...changes })],
);

/** The parameters that golden runs start from, each exact in float32. Padding is zero. */
export function goldenParameters(layout: ParameterLayout): Float64Array {
  const arena = new Float64Array(layout.arenaSize);
  for (const [index, name] of [...layout.byName.keys()].sort().entries()) {
    const { offset, size, mean } = layout.byName.get(name)!;
    for (let i = 0; i < size; i++) {
      arena[offset + i] = mean + ((hash4(1, index, i, 0) >>> 22) - 511.5) / 2048;
    }
  }
  return arena;
}

/** The bytes [B, contextLength] of a golden step. */
export function goldenTokens(step: number, config: ModelConfig): Uint8Array {
  return Uint8Array.from(
    { length: goldenBatch * config.contextLength },
    (_, i) => hash4(2, step, i, 0) >>> 24,
  );
}

/**
 * The tensors that make_golden.py lists, by name. Throws when the file is missing: a test without its golden
 * numbers has failed.
 */
export async function loadGolden(name: string): Promise<ReadonlyMap<string, Float64Array>> {
  const load = files[`../../golden/${name}.safetensors`];
  if (!load) throw new Error(`golden/${name}.safetensors is missing. Run: python3 golden/make_golden.py`);
  return parseFloat64Tensors(await (await fetch(await load())).arrayBuffer());
}

/** Reads a safetensors file of float64 tensors: the length of its JSON header, the header, the values. */
function parseFloat64Tensors(file: ArrayBuffer): Map<string, Float64Array> {
  const headerLength = Number(new DataView(file).getBigUint64(0, true));
  const header: Record<string, { data_offsets: [number, number] }> = JSON.parse(
    new TextDecoder().decode(new Uint8Array(file, 8, headerLength)),
  );
  return new Map(
    Object.entries(header).map(
      ([
        name,
        {
          data_offsets: [start, end],
        },
      ]) => [name, new Float64Array(file, 8 + headerLength + start, (end - start) / 8)],
    ),
  );
}

/**
 * The largest error of any element, relative to the element or, where that is small, to a thousandth of the
 * tensor's largest: below it, what remains of sums of much larger terms is rounding.
 */
export function worstError(actual: ArrayLike<number>, expected: Float64Array): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  return expected.reduce((worst, value, i) => {
    const difference = Math.abs(actual[i]! - value);
    const error = difference === 0 ? 0 : difference / Math.max(Math.abs(value), largest / 1000);
    return Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }, 0);
}
