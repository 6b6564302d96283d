// Buffers of random numbers to measure kernels on: a GPU computes zeros with less power, and so faster.

import type { Gpu } from '../gpu/device.ts';
import { uniform } from '../lib/random.ts';

const CHUNK = 2 ** 16;
let chunk: Float32Array<ArrayBuffer> | undefined;

/** Numbers in (-1, 1). */
function noise(): Float32Array<ArrayBuffer> {
  chunk ??= Float32Array.from({ length: CHUNK }, (_, i) => 2 * uniform(1, 0xbe7c, 0, i) - 1);
  return chunk;
}

/** Allocates buffers of the given numbers of elements for as long as `use` takes. */
export async function withBuffers<Name extends string, T>(
  gpu: Gpu,
  sizes: Readonly<Record<Name, number>>,
  use: (buffers: Readonly<Record<Name, GPUBuffer>>) => Promise<T>,
): Promise<T> {
  const buffers: GPUBuffer[] = [];
  try {
    const named = await gpu.guard(() => {
      const entries = Object.entries<number>(sizes).map(([name, elements]) => {
        const buffer = gpu.storage(`bench.${name}`, elements * 4);
        buffers.push(buffer);
        return [name, buffer] as const;
      });
      return Object.fromEntries(entries) as Record<Name, GPUBuffer>;
    });
    for (const buffer of buffers) fill(gpu, buffer);
    return await use(named);
  } finally {
    for (const buffer of buffers) gpu.release(buffer);
  }
}

function fill({ device }: Gpu, buffer: GPUBuffer): void {
  for (let offset = 0; offset < buffer.size; offset += CHUNK * 4) {
    const bytes = Math.min(CHUNK * 4, buffer.size - offset);
    device.queue.writeBuffer(buffer, offset, noise(), 0, bytes / 4);
  }
}
