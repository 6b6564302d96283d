// A plan is a flat list of dispatches over buffers that already exist. It is compiled once and replayed:
// encoding it allocates nothing and creates no bind group. What changes from step to step is written into
// small buffers before the replay, never baked into the plan.

import { EngineError } from '../lib/errors.ts';
import type { Gpu } from './device.ts';
import { type Binding, bindingsOf, type Kernel } from './kernel.ts';

/** A whole buffer, or a range of it: offset and size in float32 elements. */
export type BufferSlice =
  | GPUBuffer
  | { readonly buffer: GPUBuffer; readonly offset: number; readonly size: number };

interface Step {
  readonly kernel: Kernel;
  readonly buffers: Readonly<Record<string, BufferSlice>>;
}

interface Dispatch {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly grid: readonly [number, number, number];
}

interface CompiledKernel {
  readonly pipeline: GPUComputePipeline;
  readonly bindings: readonly Binding[];
}

const pipelineCaches = new WeakMap<GPUDevice, Map<string, Promise<CompiledKernel>>>();

/** Compiles a kernel once for each device and source. */
async function compile(gpu: Gpu, { name, source }: Kernel): Promise<CompiledKernel> {
  let cache = pipelineCaches.get(gpu.device);
  if (!cache) {
    cache = new Map();
    pipelineCaches.set(gpu.device, cache);
  }
  let compiled = cache.get(source);
  if (!compiled) {
    compiled = createPipeline(gpu, name, source);
    cache.set(source, compiled);
  }
  return compiled;
}

async function createPipeline({ device }: Gpu, name: string, source: string): Promise<CompiledKernel> {
  const bindings = bindingsOf(source);
  const layout = device.createBindGroupLayout({
    label: name,
    entries: bindings.map(({ index, access }) => ({
      binding: index,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: access },
    })),
  });
  const module = device.createShaderModule({ label: name, code: source });
  try {
    const pipeline = await device.createComputePipelineAsync({
      label: name,
      layout: device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main' },
    });
    return { pipeline, bindings };
  } catch (error) {
    const { messages } = await module.getCompilationInfo();
    const details = messages.map((message) => `line ${message.lineNum}: ${message.message}`).join('; ');
    throw new EngineError('internal', `The shader ${name} does not compile: ${details || String(error)}`, {
      cause: error,
    });
  }
}

/** Collects dispatches; `build` compiles all their pipelines side by side. */
export class PlanBuilder {
  readonly #gpu: Gpu;
  readonly #steps: Step[] = [];

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** Dispatches so far. */
  get length(): number {
    return this.#steps.length;
  }

  /** Appends a dispatch; `buffers` names one buffer for each binding that the shader declares. */
  add(kernel: Kernel, buffers: Readonly<Record<string, BufferSlice>>): this {
    this.#steps.push({ kernel, buffers });
    return this;
  }

  async build(): Promise<Plan> {
    const compiled = await Promise.all(this.#steps.map(({ kernel }) => compile(this.#gpu, kernel)));
    const { device } = this.#gpu;
    const dispatches = this.#steps.map(({ kernel, buffers }, index): Dispatch => {
      const { pipeline, bindings } = compiled[index]!;
      const entries = bindings.map(({ index: binding, name }) => {
        const slice = buffers[name];
        if (!slice) throw new EngineError('internal', `${kernel.name} was given no buffer for ${name}.`);
        return { binding, resource: bufferBinding(slice) };
      });
      if (entries.length !== Object.keys(buffers).length) {
        throw new EngineError(
          'internal',
          `${kernel.name} declares ${bindings.map(({ name }) => name).join(', ')} but was given ${Object.keys(buffers).join(', ')}.`,
        );
      }
      const bindGroup = device.createBindGroup({
        label: kernel.name,
        layout: pipeline.getBindGroupLayout(0),
        entries,
      });
      return { label: kernel.name, pipeline, bindGroup, grid: kernel.grid };
    });
    return new Plan(dispatches);
  }
}

export class Plan {
  readonly #dispatches: readonly Dispatch[];

  constructor(dispatches: readonly Dispatch[]) {
    this.#dispatches = dispatches;
  }

  get length(): number {
    return this.#dispatches.length;
  }

  get labels(): readonly string[] {
    return this.#dispatches.map(({ label }) => label);
  }

  /** Encodes the dispatches [from, to) into a pass. */
  encode(pass: GPUComputePassEncoder, from = 0, to = this.#dispatches.length): void {
    let current: GPUComputePipeline | undefined;
    for (let index = from; index < to; index++) {
      const { pipeline, bindGroup, grid } = this.#dispatches[index]!;
      if (pipeline !== current) pass.setPipeline(pipeline);
      current = pipeline;
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(grid[0], grid[1], grid[2]);
    }
  }
}

function bufferBinding(slice: BufferSlice): GPUBufferBinding {
  if (!('offset' in slice)) return { buffer: slice };
  return { buffer: slice.buffer, offset: slice.offset * 4, size: slice.size * 4 };
}
