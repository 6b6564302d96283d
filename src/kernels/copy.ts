// float32 values copied as activations are stored. Shader: shaders/common/copy.wgsl.

import copyShader from '../../shaders/common/copy.wgsl?raw';
import { type Kernel, kernel, linearGrid } from '../gpu/kernel.ts';
import { type Storage, storageCode } from './storage.ts';

/** Bindings: values, out, of `size` elements, a multiple of 4. */
export function copyAs(size: number, storage: Storage): Kernel {
  const files = [storageCode[storage], copyShader];
  return kernel(`common/copy ${size}`, files, { SIZE: size }, linearGrid(Math.ceil(size / 4 / 256)));
}
