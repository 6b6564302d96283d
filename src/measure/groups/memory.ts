// Memory of a training run against its number of layers, with and without recomputation: what the plan says, over a
// wide range, and what is allocated in fact, where that is little enough to try.

import { EngineError } from '../../lib/errors.ts';
import { parameterLayout } from '../../model/parameters.ts';
import { trainingMemory } from '../../model/tensors.ts';
import { createWebGpuEngine } from '../../model/transformer.ts';
import type { Bench } from '../bench.ts';
import { benchModel } from '../models.ts';
import type { RowOf } from '../rows.ts';

const LAYERS = [12, 24, 48, 64, 96, 128];

const usual = {
  hardware: { sizes: [256, 4, 1024, 3072, 1], stride: 96, most: 8 * 2 ** 30 },
  software: { sizes: [32, 2, 64, 128, 1], stride: 16, most: 64 * 2 ** 20 },
} as const;

export async function* memoryRows(bench: Bench): AsyncGenerator<RowOf<'memory'>> {
  const { sizes, stride, most } = bench.software ? usual.software : usual.hardware;
  for (const recompute of [false, true]) {
    for (const layers of LAYERS) {
      const model = benchModel(
        `${layers} layers`,
        [layers, ...sizes],
        [bench.settings.stride ?? stride, stride >> 2, [[['local', 'column']]]],
        recompute,
      );
      const { bytes: plannedBytes } = trainingMemory(model.config, model.shape);
      const subject = {
        layers,
        recompute,
        length: model.config.contextLength,
        parameters: parameterLayout(model.config).count,
      };
      yield bench.row('memory', subject, async () => {
        const refused = (notAllocated: string) => ({ plannedBytes, allocatedBytes: null, notAllocated });
        if (plannedBytes > most) return refused(`more than ${most / 2 ** 20} MiB, so not tried`);
        const before = bench.gpu.allocatedBytes;
        try {
          // Without weights, which take long to draw.
          const engine = await createWebGpuEngine(bench.gpu, model.config, model.shape);
          const allocatedBytes = bench.gpu.allocatedBytes - before;
          engine.destroy();
          return { plannedBytes, allocatedBytes, notAllocated: null };
        } catch (error) {
          if (error instanceof EngineError && error.code === 'out-of-memory') return refused(error.message);
          throw error;
        }
      });
    }
  }
}
