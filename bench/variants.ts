// The kernel variants that the engine uses on a device, for measuring kernels by themselves.

import type { Gpu } from '../src/gpu/device.ts';
import { type AttentionVariant, type MatmulVariant, matmulTiles } from '../src/kernels/index.ts';

export interface Variants {
  readonly attention: AttentionVariant;
  readonly matmul: MatmulVariant;
}

export function variantsOf({ profile }: Gpu): Variants {
  return profile.software
    ? { attention: 'rows', matmul: 'plain' }
    : { attention: 'tiles', matmul: matmulTiles[0]! };
}
