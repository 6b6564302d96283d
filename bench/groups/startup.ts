// How long a person waits for the first step: from a configuration to a finished step, on a device that has compiled
// nothing yet, and again on the same device.

import { Gpu } from '../../src/gpu/device.ts';
import { parameterLayout } from '../../src/model/parameters.ts';
import type { Bench } from '../bench.ts';
import { type BenchModel, benchModels, tinyModels } from '../models.ts';
import type { RowOf } from '../rows.ts';
import { openEngine, stepRequest } from '../training.ts';

export async function* startupRows(bench: Bench): AsyncGenerator<RowOf<'startup'>> {
  for (const model of bench.software ? tinyModels : benchModels) {
    const subject = { preset: model.name, parameters: parameterLayout(model.config).count };
    yield bench.row('startup', subject, async () => {
      const gpu = await Gpu.open(bench.host.webgpu);
      try {
        const first = await start(gpu, model, bench.settings.data);
        const again = await start(gpu, model, bench.settings.data);
        return { ...first, againCreateMs: again.createMs, againFirstStepMs: again.firstStepMs };
      } finally {
        gpu.destroy();
      }
    });
  }
}

async function start(
  gpu: Gpu,
  model: BenchModel,
  data: Uint8Array,
): Promise<{ createMs: number; firstStepMs: number }> {
  const begin = performance.now();
  const engine = await openEngine(gpu, model);
  const created = performance.now();
  await engine.trainStep(stepRequest(model, data, 0));
  const stepped = performance.now();
  engine.destroy();
  return { createMs: created - begin, firstStepMs: stepped - created };
}
