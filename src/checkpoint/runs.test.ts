// Weights, checkpoints and stored runs: round trips, files that do not fit, and storage that fails.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TEXT } from '../data/medium.ts';
import { parameterLayout } from '../model/parameters.ts';
import { presets } from '../model/presets.ts';
import { freshSnapshot, type Progress } from '../model/snapshot.ts';
import { BigramEngine } from '../model/testing/bigram.ts';
import { testConfig } from '../model/testing/configs.ts';
import {
  deleteRun,
  listRuns,
  loadCheckpoint,
  loadData,
  RUNS_FOLDER,
  saveCheckpoint,
  saveData,
  sha256,
  sweep,
} from './runs.ts';
import { readSafetensors, type Tensor, writeSafetensors } from './safetensors.ts';
import { MemoryStore } from './testing.ts';
import {
  type Checkpoint,
  decodeCheckpoint,
  decodeWeights,
  encodeCheckpoint,
  encodeWeights,
} from './weights.ts';

const { layout } = new BigramEngine();
const parameters = freshSnapshot(layout, 1).state.parameters;
const weights = {
  config: testConfig,
  medium: TEXT,
  name: 'test',
  step: 12,
  heldOutBitsPerByte: 2.5,
  parameters,
};

function checkpointAt(step: number): Checkpoint {
  const { state } = freshSnapshot(layout, step);
  const progress: Progress = {
    step,
    cursor: { epoch: 1, index: step },
    seconds: step / 3,
    evaluation: { step, bitsPerByte: 3 + 1 / step },
    best: { step, bitsPerByte: 2.9 },
  };
  return {
    run: { ...presets.tiny, model: testConfig },
    data: { name: 'cats.txt', sizeBytes: 720, sha256: 'ab' },
    snapshot: { progress, state: { ...state, m: state.parameters.map((x) => x / 3), v: state.m } },
  };
}

const folder = `${RUNS_FOLDER}/one`;

async function storeWith(...steps: number[]): Promise<MemoryStore> {
  const store = new MemoryStore();
  for (const step of steps) await saveCheckpoint(store, folder, checkpointAt(step), 1000 + step);
  return store;
}

describe('weights', () => {
  it('of before there were media are text', () => {
    const { metadata, tensors } = readSafetensors(encodeWeights(weights));
    const about = JSON.stringify({ name: 'test', step: 12, heldOutBitsPerByte: 2.5 });
    const old = writeSafetensors({ metadata: new Map([...metadata, ['weft.weights', about]]), tensors });
    expect(decodeWeights(old)).toEqual(weights);
  });

  it('keep their medium, which must fit the model', () => {
    const { contextLength } = testConfig;
    const picture = { kind: 'image', height: contextLength / 4, width: 4, channels: 1 } as const;
    for (const medium of [picture, { kind: 'audio', rateHz: 8000 } as const]) {
      expect(decodeWeights(encodeWeights({ ...weights, medium })).medium).toEqual(medium);
    }
    const odd = encodeWeights({ ...weights, medium: { ...picture, channels: 3 } });
    expect(() => decodeWeights(odd)).toThrow(`contextLength is ${contextLength}, but a picture of`);
  });

  it('round trip to the same bits and bytes', () => {
    const file = encodeWeights(weights);
    const read = decodeWeights(file);
    expect(read).toEqual(weights);
    expect(encodeWeights(read)).toEqual(file);
    const { heldOutBitsPerByte: _, ...unmeasured } = weights;
    expect(decodeWeights(encodeWeights(unmeasured))).toEqual(unmeasured);
    const checkpoint = checkpointAt(7);
    expect(decodeCheckpoint(encodeCheckpoint(checkpoint))).toEqual(checkpoint);
  });

  it('of a run that went wild can be read', async () => {
    const bitsPerByte = 24_566.7;
    const wild = { ...weights, heldOutBitsPerByte: bitsPerByte };
    expect(decodeWeights(encodeWeights(wild))).toEqual(wild);
    const { snapshot, ...rest } = checkpointAt(7);
    const evaluation = { step: 7, bitsPerByte };
    const progress = { ...snapshot.progress, evaluation, best: evaluation };
    const checkpoint = { ...rest, snapshot: { ...snapshot, progress } };
    const store = new MemoryStore();
    await saveCheckpoint(store, folder, checkpoint, 1);
    expect(await listRuns(store)).toMatchObject([{ heldOutBitsPerByte: bitsPerByte }]);
    expect((await loadCheckpoint(store, folder)).checkpoint).toEqual(checkpoint);
  });

  it('that promise more than they hold take no memory for it', () => {
    const width = 16_384;
    const config = { ...testConfig, nLayer: 60, nHead: 16, dModel: width, dQueryKey: width, dFF: width };
    const empty = { shape: [0], data: new Float32Array() };
    const tensors = new Map(parameterLayout(config).parameters.map(({ name }) => [name, empty]));
    const { metadata } = readSafetensors(encodeWeights(weights));
    const file = writeSafetensors({
      tensors,
      metadata: new Map([...metadata, ['weft.config', JSON.stringify(config)]]),
    });
    expect(file.length).toBeLessThan(2 ** 17);
    expect(() => decodeWeights(file)).toThrow('do not fit its configuration');
  });

  it('are refused when a tensor or the metadata does not fit', () => {
    const changed = (change: (tensors: Map<string, Tensor>, metadata: Map<string, string>) => void) => {
      const file = readSafetensors(encodeWeights(weights));
      const tensors = new Map(file.tensors);
      const metadata = new Map(file.metadata);
      change(tensors, metadata);
      return () => decodeWeights(writeSafetensors({ tensors, metadata }));
    };
    const one = { shape: [1], data: new Float32Array(1) };
    expect(changed((tensors) => tensors.delete('finalNorm.gain'))).toThrow('instead of');
    expect(changed((tensors) => tensors.set('extra', one))).toThrow('instead of');
    expect(changed((tensors) => tensors.delete('finalNorm.gain') && tensors.set('x', one))).toThrow(
      'is missing',
    );
    expect(changed((tensors) => tensors.set('finalNorm.gain', one))).toThrow(
      '"finalNorm.gain" is [1] instead of [8]',
    );
    const notNumbers = { shape: [8], data: new Float32Array(8).fill(Number.NaN) };
    expect(changed((tensors) => tensors.set('finalNorm.gain', notNumbers))).toThrow('not a number');
    expect(changed((_, metadata) => metadata.delete('weft.config'))).toThrow('lacks "weft.config"');
    expect(changed((_, metadata) => metadata.set('weft.config', '{'))).toThrow('JSON');
    expect(
      changed((_, metadata) => metadata.set('weft.config', JSON.stringify({ ...testConfig, nLayer: 1e9 }))),
    ).toThrow('nLayer');
    expect(changed((_, metadata) => metadata.set('weft.format', '2'))).toThrow('another version');
    expect(() => decodeWeights(encodeCheckpoint(checkpointAt(1)))).toThrow('lacks "weft.config"');
  });
});

describe('runs', () => {
  it('keep their last two checkpoints, and load the newest', async () => {
    const store = await storeWith(1, 2, 3);
    expect([...store.files.keys()].sort()).toEqual(
      ['000000002.json', '000000002.safetensors', '000000003.json', '000000003.safetensors'].map(
        (name) => `${folder}/${name}`,
      ),
    );
    expect(await loadCheckpoint(store, folder)).toEqual({ checkpoint: checkpointAt(3), damaged: 0 });
    await expect(loadCheckpoint(store, 'runs/none')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are listed with what they are, and deleted', async () => {
    const store = await storeWith(5);
    await saveCheckpoint(store, `${RUNS_FOLDER}/two`, checkpointAt(9), 5000);
    const runs = await listRuns(store);
    expect(runs.map(({ id, step }) => [id, step])).toEqual([
      ['two', 9],
      ['one', 5],
    ]);
    expect(runs[1]).toMatchObject({ name: 'Tiny', steps: 1000, savedAtMs: 1005, heldOutBitsPerByte: 3.2 });
    await deleteRun(store, 'two');
    expect((await listRuns(store)).length).toBe(1);
    await expect(deleteRun(store, 'two')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('find every damage by the hash, and fall back to the checkpoint before', async () => {
    const store = await storeWith(1, 2);
    const paths = [`${folder}/000000002.safetensors`, `${folder}/000000002.json`];
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.nat(),
        fc.integer({ min: 0, max: 7 }),
        async (path, at, bit) => {
          const good = store.files.get(path) as Uint8Array;
          const bad = good.slice();
          bad[at % bad.length] = (bad[at % bad.length] ?? 0) ^ (1 << bit);
          store.files.set(path, bad);
          const { checkpoint, damaged } = await loadCheckpoint(store, folder);
          store.files.set(path, good);
          // A changed manifest may still be true: its dates and names are not what is loaded.
          const unharmed = path.endsWith('.json') && damaged === 0;
          expect(checkpoint.snapshot.progress.step).toBe(unharmed ? 2 : 1);
          if (!unharmed) expect(damaged).toBe(1);
        },
      ),
      { numRuns: 300 },
    );
    store.files.set(`${folder}/000000001.safetensors`, new Uint8Array(9));
    store.files.delete(`${folder}/000000002.safetensors`);
    await expect(loadCheckpoint(store, folder)).rejects.toThrow('not there any more');
  });

  it('survive being killed at any moment of a save', async () => {
    for (let changes = 0; changes <= 4; changes++) {
      const store = await storeWith(1, 2);
      store.changesUntilKilled = changes;
      await saveCheckpoint(store, folder, checkpointAt(3), 1).catch(() => {});
      store.changesUntilKilled = Infinity;
      await sweep(store);
      const { checkpoint, damaged } = await loadCheckpoint(store, folder);
      expect(checkpoint).toEqual(checkpointAt(changes < 2 ? 2 : 3));
      expect(damaged).toBe(0);
      expect(store.files.size % 2).toBe(0);
      expect((await listRuns(store)).length).toBe(1);
    }
  });

  it('survive being killed at any moment of a deletion', async () => {
    for (let changes = 0; changes < 4; changes++) {
      const store = await storeWith(1, 2);
      store.changesUntilKilled = changes;
      await deleteRun(store, 'one').catch(() => {});
      store.changesUntilKilled = Infinity;
      await sweep(store);
      expect((await listRuns(store)).length).toBe(changes < 2 ? 1 : 0);
      if (changes < 2) expect((await loadCheckpoint(store, folder)).damaged).toBe(0);
    }
  });

  it('keep what they had when the store is full', async () => {
    for (const writes of [0, 1]) {
      const store = await storeWith(1, 2);
      store.writesUntilFull = writes;
      await expect(saveCheckpoint(store, folder, checkpointAt(3), 1)).rejects.toMatchObject({
        code: 'storage-full',
      });
      expect((await loadCheckpoint(store, folder)).checkpoint).toEqual(checkpointAt(2));
    }
  });

  it('keep their data as long as a run needs it', async () => {
    const bytes = new TextEncoder().encode('the cat sat on the mat');
    const data = { name: 'cats.txt', sizeBytes: bytes.length, sha256: await sha256(bytes) };
    const store = new MemoryStore();
    await saveData(store, data, bytes);
    await saveCheckpoint(store, folder, { ...checkpointAt(1), data }, 1);
    await sweep(store);
    expect(await loadData(store, data)).toEqual(bytes);
    expect(await loadData(store, { ...data, sha256: 'other' })).toBeUndefined();
    store.files.set(`data/${data.sha256}`, new Uint8Array(bytes.length));
    expect(await loadData(store, data)).toBeUndefined();
    await deleteRun(store, 'one');
    await sweep(store);
    expect(store.files.size).toBe(0);
  });
});
