// How long a person waits for the first step of a preset: from its configuration to a finished step, on a device that
// has compiled nothing yet, and again on the same device.

import { Gpu } from '../../gpu/device.ts';
import { initialParameters, parameterLayout } from '../../model/parameters.ts';
import { type PresetName, presets } from '../../model/presets.ts';
import { createWebGpuEngine } from '../../model/transformer.ts';
import type { Bench } from '../bench.ts';
import type { BenchModel } from '../models.ts';
import type { RowOf } from '../rows.ts';
import { stepRequest, zeroState } from '../training.ts';

export async function* startupRows(bench: Bench): AsyncGenerator<RowOf<'startup'>> {
  const { model: wanted } = bench.settings;
  // A step of the others would take a CPU most of a minute, so they have to be asked for there.
  const names = (Object.keys(presets) as PresetName[]).filter((name) =>
    wanted ? name.startsWith(wanted) : !bench.software || name === 'tiny',
  );
  for (const name of names) {
    const { model: config, training } = presets[name];
    const { microBatch, accumulation, recompute } = training;
    const model = { name, config, shape: { microBatch, accumulation, recompute } };
    const subject = { preset: name, parameters: parameterLayout(config).count };
    yield bench.row('startup', subject, async () => {
      const gpu = await Gpu.open(bench.host.webgpu);
      try {
        const first = await start(gpu, model, bench.settings.data);
        const again = await start(gpu, model, bench.settings.data);
        return { ...first, againMs: again.createMs + again.drawMs + again.firstStepMs };
      } finally {
        gpu.destroy();
      }
    });
  }
}

interface Start {
  /** Buffers. */
  readonly createMs: number;
  /** Initial weights. */
  readonly drawMs: number;
  /** Plans and pipelines, and the step. */
  readonly firstStepMs: number;
}

async function start(gpu: Gpu, model: BenchModel, data: Uint8Array): Promise<Start> {
  const begin = performance.now();
  const engine = await createWebGpuEngine(gpu, model.config, model.shape);
  const created = performance.now();
  engine.writeState(zeroState(initialParameters(engine.layout, 1)));
  const drawn = performance.now();
  await engine.trainStep(stepRequest(model, data, 0));
  const stepped = performance.now();
  engine.destroy();
  return { createMs: created - begin, drawMs: drawn - created, firstStepMs: stepped - drawn };
}
