// What adapters get, and what a tuner's findings change.

import { expect, it } from 'vitest';
import { isSubgroupTile, type MatmulShape, matmulTiles } from './matmul.ts';
import {
  fitHeads,
  fusedDecode,
  kernelVariants,
  matmulCandidates,
  productClass,
  type VariantProfile,
  variantName,
} from './variants.ts';

const gpu: VariantProfile = { software: false, workgroupStorageBytes: 49_152 };
const shape: MatmulShape = { M: 8192, N: 256, K: 1024 };

it('gives a CPU what needs no workgroup memory', () => {
  const { matmul, attention } = kernelVariants({ ...gpu, software: true });
  expect([matmul(shape), attention]).toEqual(['plain', 'rows']);
});

it('leaves out what does not fit an adapter', () => {
  const small = { ...gpu, workgroupStorageBytes: 16_384 };
  expect(matmulCandidates(small, 'full', shape).length).toBeLessThan(matmulTiles.length);
  expect(kernelVariants(small).attention).toBe('rows');
});

it('multiplies float16 on subgroup matrices where there are some, and rows stand in eights', () => {
  const profile = { ...gpu, subgroupMatrix: { M: 16, N: 16, K: 16, lanes: 32 } };
  const { matmul } = kernelVariants(profile, 'packed');
  expect(isSubgroupTile(matmul(shape))).toBe(true);
  expect(isSubgroupTile(matmul({ ...shape, K: 1020 }))).toBe(false);
  expect(isSubgroupTile(kernelVariants(profile).matmul(shape))).toBe(false);
});

it('attends on subgroup matrices in mixed precision, where they fit the heads and the memory', () => {
  const profile = { ...gpu, subgroupMatrix: { M: 16, N: 16, K: 16, lanes: 32 } };
  const tiles = { depth: 32 };
  const variants = kernelVariants(profile, 'packed');
  const fitted = (dQK: number, dV: number, bytes = gpu.workgroupStorageBytes) =>
    fitHeads(variants, { dQK, dV }, bytes).attention;
  expect(variants.attention).toMatchObject({ matrix: profile.subgroupMatrix });
  expect(fitted(64, 64)).toBe(variants.attention);
  expect(fitted(32, 80)).toBe(variants.attention);
  expect(fitted(64, 72)).toEqual(tiles);
  expect(fitted(256, 256)).toEqual(tiles);
  expect(fitted(64, 64, 16_384)).toBe('rows');
  expect(kernelVariants(profile).attention).toEqual(tiles);
  // Matrices that a subgroup cannot share out among its lanes.
  const odd = { ...profile, subgroupMatrix: { M: 16, N: 16, K: 16, lanes: 8 } };
  expect(kernelVariants(odd, 'packed').attention).toEqual(tiles);
});

it('follows what was measured, class by class', () => {
  const choices = { [`full ${productClass(shape)}`]: 2 };
  const tuned = kernelVariants({ ...gpu, choices });
  expect(tuned.matmul(shape)).toBe(matmulTiles[2]);
  expect(tuned.matmul({ ...shape, transposeB: true })).toBe(matmulTiles[0]);
  expect(kernelVariants({ ...gpu, choices: { [`full ${productClass(shape)}`]: 99 } }).matmul(shape)).toBe(
    matmulTiles[0],
  );
  const onCpu = kernelVariants({ ...gpu, software: true, choices: { [`full ${productClass(shape)}`]: 1 } });
  expect(onCpu.matmul(shape)).toBe(matmulTiles.at(-1));
  expect(onCpu.matmul({ ...shape, transposeA: true })).toBe('plain');
});

it('begins with the tile that suits a class, and what follows the product', () => {
  const profile = { ...gpu, subgroupMatrix: { M: 16, N: 16, K: 16, lanes: 32 } };
  const wide = { ...shape, N: 1024, transposeB: true };
  const full = kernelVariants(gpu);
  expect([full.matmul(shape), full.matmul({ ...shape, transposeB: true })]).toEqual([
    matmulTiles[0],
    matmulTiles[0],
  ]);
  expect([full.matmul(wide), full.matmul(wide, 'geluBackward')]).toEqual([matmulTiles[1], matmulTiles[0]]);
  // Where a tile does not fit, the first that does.
  expect(kernelVariants({ ...gpu, workgroupStorageBytes: 16_384 }).matmul(wide)).toBe(matmulTiles[0]);
  const { matmul } = kernelVariants(profile, 'packed');
  expect(matmul(shape)).toMatchObject({ rows: 64, depth: 32 });
  expect(matmul({ ...shape, N: 1024 })).toMatchObject({ rows: 128, depth: 32 });
  expect(matmul(wide)).toMatchObject({ rows: 128, depth: 32 });
  expect(matmul(wide, 'geluBackward')).toMatchObject({ rows: 128, depth: 16 });
});

it('has a name of its own for every kernel', () => {
  const profile = { ...gpu, subgroupMatrix: { M: 16, N: 16, K: 16, lanes: 32 } };
  for (const storage of ['full', 'packed'] as const) {
    const names = matmulCandidates(profile, storage, shape).map(variantName);
    expect(new Set(names).size).toBe(names.length);
  }
});

it('fuses the layers of narrow models where a GPU decodes, with as many samples together as fit', () => {
  const variants = kernelVariants(gpu);
  const narrow = { samples: 16, nHead: 4, dQK: 64, dV: 64, mostKeys: 1024 };
  expect(fusedDecode(variants, narrow, 49_152)).toEqual(variants.decode);
  const wide = { ...narrow, nHead: 8 };
  const batches = [49_152, 16_384].map((bytes) => fusedDecode(variants, wide, bytes)?.batch);
  expect(batches[0]).toBe(variants.decode.batch);
  expect(batches[1]).toBeLessThan(variants.decode.batch);
  expect(fusedDecode(variants, { ...narrow, nHead: 16 }, 49_152)).toBeNull();
  expect(fusedDecode(kernelVariants({ ...gpu, software: true }), narrow, 49_152)).toBeNull();
});
