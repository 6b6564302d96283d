// The buffers of a training engine, and its plans over them.

import type { Gpu } from '../gpu/device.ts';
import { type Plan, PlanBuilder } from '../gpu/plan.ts';
import type { KernelVariants } from '../kernels/index.ts';
import { Lazy } from '../lib/lazy.ts';
import { addTraining, addUpdate } from './backward.ts';
import type { ModelConfig } from './config.ts';
import type { EngineShape } from './engine.ts';
import { addEvaluation, type BlockTensors, type PlanContext } from './forward.ts';
import { parameterLayout } from './parameters.ts';
import { STEP_UNIFORM_BYTES } from './step-uniforms.ts';
import { type BlockTensorName, blockTensorNames, type SharedTensorName, tensorSizes } from './tensors.ts';

/** What an engine's plans are laid out over, and its optimiser's moments. */
export interface EngineContext extends PlanContext {
  readonly moments: { readonly m: GPUBuffer; readonly v: GPUBuffer };
}

/** Plans are laid out and compiled when they are first needed: sampling never pays for training. */
export interface Plans {
  /** Of a micro-batch, and of the update that ends a step. */
  readonly step: Lazy<{ readonly training: Plan; readonly update: Plan }>;
  readonly evaluation: Lazy<Plan>;
}

/** The plans of an engine over its buffers. */
export function lazyPlans(gpu: Gpu, context: EngineContext, shape: EngineShape): Plans {
  const bytes = bytesPerStep(context.config, shape);
  const build = (lay: (plan: PlanBuilder) => void): Promise<Plan> => {
    const builder = new PlanBuilder(gpu);
    lay(builder);
    return builder.build();
  };
  return {
    step: new Lazy(async () => {
      const [training, update] = await Promise.all([
        build((plan) => addTraining(plan, context, { recompute: shape.recompute, bytes })),
        build((plan) => addUpdate(plan, context, context.moments, bytes)),
      ]);
      return { training, update };
    }),
    evaluation: new Lazy(() => build((plan) => addEvaluation(plan, context))),
  };
}

/** Bytes whose losses a step averages. */
function bytesPerStep(config: ModelConfig, shape: EngineShape): number {
  return shape.accumulation * shape.microBatch * config.contextLength;
}

/** Allocates every buffer of an engine, and lists them in `buffers`, whatever happens. */
export function allocateEngine(
  gpu: Gpu,
  config: ModelConfig,
  shape: EngineShape,
  variants: KernelVariants,
  buffers: GPUBuffer[],
): EngineContext {
  const sizes = tensorSizes(config, shape);
  const storage = (label: string, elements: number): GPUBuffer => {
    const buffer = gpu.storage(label, elements * 4);
    buffers.push(buffer);
    return buffer;
  };
  const blockTensors = (label: string): BlockTensors =>
    Object.fromEntries(
      blockTensorNames.map((name) => [name, storage(`${label}.${name}`, sizes.block[name])]),
    ) as Record<BlockTensorName, GPUBuffer>;
  const copies = Array.from({ length: sizes.blockCopies }, (_, layer) => blockTensors(`blocks.${layer}`));
  const step = gpu.uniform('step', STEP_UNIFORM_BYTES);
  buffers.push(step);
  return {
    config,
    layout: parameterLayout(config),
    microBatch: shape.microBatch,
    variants,
    parameters: storage('parameters', sizes.arena),
    gradients: storage('gradients', sizes.arena),
    moments: { m: storage('adam.m', sizes.arena), v: storage('adam.v', sizes.arena) },
    step,
    residual: Array.from({ length: config.nLayer + 1 }, (_, layer) =>
      storage(`residual.${layer}`, sizes.residual),
    ),
    blocks: Array.from({ length: config.nLayer }, (_, layer) => copies[layer % copies.length]!),
    shared: Object.fromEntries(
      Object.entries(sizes.shared).map(([name, elements]) => [name, storage(name, elements)]),
    ) as Record<SharedTensorName, GPUBuffer>,
  };
}
