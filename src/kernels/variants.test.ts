// What adapters get, and what a tuner's findings change.

import { expect, it } from 'vitest';
import { isSubgroupTile, type MatmulShape, matmulTiles } from './matmul.ts';
import {
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

it('has a name of its own for every kernel', () => {
  const profile = { ...gpu, subgroupMatrix: { M: 16, N: 16, K: 16, lanes: 32 } };
  for (const storage of ['full', 'packed'] as const) {
    const names = matmulCandidates(profile, storage, shape).map(variantName);
    expect(new Set(names).size).toBe(names.length);
  }
});
