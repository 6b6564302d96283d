// What is kept of an adapter comes back as it was, apart from that of others; what is damaged counts as nothing.

import { expect, it } from 'vitest';
import type { Tuning } from '../protocol/index.ts';
import { MemoryStore } from './testing.ts';
import { forgetTuning, loadTuning, saveTuning, TUNING_FOLDER } from './tuning.ts';

const adapter = { vendor: 'nvidia', architecture: 'hopper', description: 'NVIDIA H100 / 80 GB' };
const other = { ...adapter, architecture: 'ada' };
const tuning: Tuning = {
  measuredAtMs: 1_700_000_000_000,
  on: true,
  steps: [
    {
      ...{ storage: 'full', product: 'forward, narrow', shape: { M: 8192, N: 256, K: 1024 } },
      ...{ kernels: ['64 x 128 in blocks of 2 x 2', '64 x 64 in blocks of 2 x 2'], ms: [0.25, 0.125] },
    },
  ],
};

it('is kept for its adapter alone, replaced, and forgotten', async () => {
  const store = new MemoryStore();
  expect(await loadTuning(store, adapter)).toBeUndefined();
  await saveTuning(store, adapter, tuning);
  await saveTuning(store, other, { ...tuning, steps: [] });
  expect(await loadTuning(store, adapter)).toEqual(tuning);
  expect(await loadTuning(store, other)).toEqual({ ...tuning, steps: [] });
  await saveTuning(store, adapter, { ...tuning, on: false });
  expect((await loadTuning(store, adapter))?.on).toBe(false);
  await forgetTuning(store, adapter);
  expect(await loadTuning(store, adapter)).toBeUndefined();
  expect(await loadTuning(store, other)).toBeDefined();
  await saveTuning(store, { vendor: '', architecture: '', description: '' }, tuning);
  for (const path of store.files.keys()) expect(path).toMatch(/^tuning\/[\w.-]+\.json$/);
});

it('that is damaged counts as nothing', async () => {
  const [step] = tuning.steps;
  const damaged: unknown[] = [
    'no JSON',
    [],
    { ...tuning, on: 'yes' },
    { ...tuning, steps: 7 },
    { ...tuning, steps: [null] },
    { ...tuning, steps: [{ ...step, ms: [0.25] }] },
    { ...tuning, steps: [{ ...step, ms: [0.25, '0.1'] }] },
    { ...tuning, steps: [{ ...step, kernels: [], ms: [] }] },
    { ...tuning, steps: [{ ...step, storage: 'half' }] },
    { ...tuning, steps: [{ ...step, shape: { M: 0, N: 1, K: 1 } }] },
    { ...tuning, steps: Array(1000).fill(step) },
  ];
  const store = new MemoryStore();
  await saveTuning(store, adapter, tuning);
  const [path = ''] = store.files.keys();
  expect(path.startsWith(`${TUNING_FOLDER}/`)).toBe(true);
  for (const value of damaged) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    await store.write(path, new TextEncoder().encode(text));
    expect(await loadTuning(store, adapter), text.slice(0, 80)).toBeUndefined();
  }
});
