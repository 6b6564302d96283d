// The buffers of a training engine, and its plans over them.

import type { Gpu } from '../gpu/device.ts';
import { type Plan, PlanBuilder } from '../gpu/plan.ts';
import type { KernelVariants } from '../kernels/index.ts';
import { Lazy } from '../lib/lazy.ts';
import { addTraining } from './backward.ts';
import type { ModelConfig } from './config.ts';
import type { EngineShape } from './engine.ts';
import { addForward, addLosses } from './forward.ts';
import { parameterLayout } from './parameters.ts';
import type { TokenRange } from './ranges.ts';
import { STEP_UNIFORM_BYTES } from './step-uniforms.ts';
import {
  type BlockTensorName,
  blockTensorNames,
  elementBytes,
  isPerRange,
  type SharedTensorName,
  tensorSizes,
} from './tensors.ts';
import { addUpdate } from './update.ts';
import { type BlockTensors, type PlanContext, rangesOf, type Tensor } from './views.ts';

/** What an engine's plans are laid out over, and its optimiser's moments. */
export interface EngineContext extends PlanContext {
  readonly moments: { readonly m: GPUBuffer; readonly v: GPUBuffer };
}

/** Plans are laid out and compiled when they are first needed: sampling never pays for training. */
export interface Plans {
  /** Of a micro-batch, and of the update that ends a step. */
  readonly step: Lazy<{ readonly training: Plan; readonly update: Plan }>;
  readonly evaluation: Lazy<Evaluation>;
}

/** Evaluation of a micro-batch: the model, and then logits and losses, a range after the other. */
export interface Evaluation {
  readonly forward: Plan;
  readonly ranges: readonly (TokenRange & { readonly plan: Plan })[];
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
    evaluation: new Lazy(async () => {
      const [forward, ...ranges] = await Promise.all([
        build((plan) => addForward(plan, context)),
        ...rangesOf(context).map(async (range) => ({
          ...range,
          plan: await build((plan) => addLosses(plan, context, range)),
        })),
      ]);
      return { forward, ranges };
    }),
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
  { variants, rangeRows }: { readonly variants: KernelVariants; readonly rangeRows?: number },
  buffers: GPUBuffer[],
): EngineContext {
  const sizes = tensorSizes(config, shape, rangeRows);
  const rows = shape.microBatch * config.contextLength;
  const storage = (label: string, elements: number, bytes = 4): GPUBuffer => {
    const buffer = gpu.storage(label, elements * bytes);
    buffers.push(buffer);
    return buffer;
  };
  const shared = Object.fromEntries(
    Object.entries(sizes.shared).map(([name, elements]) => [
      name,
      storage(name, elements, elementBytes(name as SharedTensorName, shape)),
    ]),
  ) as Record<SharedTensorName, GPUBuffer>;
  const blockTensor = (label: string, name: BlockTensorName): Tensor => {
    const perRange = isPerRange(name, shape);
    const size = sizes.block[name];
    // With recomputation, where src/model/tensors.ts says.
    const bytes = elementBytes(name, shape);
    if (size === 0) return { buffer: shared.dQkv, width: config.dModel, perRange, elementBytes: bytes };
    const width = size / (perRange ? sizes.rangeRows : rows);
    return { buffer: storage(`${label}.${name}`, size, bytes), width, perRange, elementBytes: bytes };
  };
  const blockTensors = (label: string): BlockTensors =>
    Object.fromEntries(blockTensorNames.map((name) => [name, blockTensor(label, name)])) as Record<
      BlockTensorName,
      Tensor
    >;
  const copies = Array.from({ length: sizes.blockCopies }, (_, layer) => blockTensors(`blocks.${layer}`));
  const step = gpu.uniform('step', STEP_UNIFORM_BYTES);
  buffers.push(step);
  return {
    config,
    layout: parameterLayout(config),
    microBatch: shape.microBatch,
    rangeRows: sizes.rangeRows,
    variants,
    parameters: storage('parameters', sizes.arena),
    weights: sizes.weights > 0 ? storage('weights', sizes.weights, 2) : null,
    gradients: storage('gradients', sizes.arena),
    moments: { m: storage('adam.m', sizes.arena), v: storage('adam.v', sizes.arena) },
    step,
    residual: Array.from({ length: config.nLayer + 1 }, (_, layer) =>
      storage(`residual.${layer}`, sizes.residual),
    ),
    blocks: Array.from({ length: config.nLayer }, (_, layer) => copies[layer % copies.length]!),
    shared,
  };
}
