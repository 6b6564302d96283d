// A plan is a flat list of dispatches over buffers that already exist. It is compiled once and replayed:
// encoding it allocates nothing and creates no bind group. What changes from step to step is written into
// small buffers before the replay, never baked into the plan.

import { EngineError } from '../lib/errors.ts';
import { type Box, cutGrid, type Extent } from './cut.ts';
import type { Gpu } from './device.ts';
import { type Binding, bindingsOf, isCuttable, type Kernel, ORIGIN, suppliedBindings } from './kernel.ts';
import { unroll } from './unroll.ts';

/** A whole buffer, or a range of it: offset and size in elements, of four bytes unless said. */
export type BufferSlice =
  | GPUBuffer
  | {
      readonly buffer: GPUBuffer;
      readonly offset: number;
      readonly size: number;
      readonly elementBytes?: number;
    };

export interface PlanStep {
  readonly kernel: Kernel;
  readonly buffers: Readonly<Record<string, BufferSlice>>;
}

interface Dispatch {
  readonly label: string;
  readonly pipeline: GPUComputePipeline;
  readonly bindGroup: GPUBindGroup;
  readonly grid: Extent;
  readonly work: number;
}

/** A kernel over its buffers, to be dispatched at once or in boxes. */
interface Cuttable {
  /** In boxes of about `work` each, but of no fewer than `fewest` workgroups. */
  dispatches(work: number, fewest: number): readonly Dispatch[];
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
    compiled = gpu.answer(createPipeline(gpu, name, source));
    cache.set(source, compiled);
  }
  return compiled;
}

async function createPipeline(
  { device, profile }: Gpu,
  name: string,
  source: string,
): Promise<CompiledKernel> {
  const bindings = bindingsOf(source);
  const layout = device.createBindGroupLayout({
    label: name,
    entries: bindings.map(({ index, access }) => ({
      binding: index,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: access },
    })),
  });
  // Where the adapter computes on a CPU, loops written out gain nothing, and take it minutes to compile.
  const code = profile.software ? source : unroll(source);
  const module = device.createShaderModule({ label: name, code });
  try {
    const pipeline = await device.createComputePipelineAsync({
      label: name,
      layout: device.createPipelineLayout({ label: name, bindGroupLayouts: [layout] }),
      compute: { module, entryPoint: 'main' },
    });
    return { pipeline, bindings };
  } catch (error) {
    const { messages } = await module.getCompilationInfo();
    // Of a device that is being lost there are none.
    if (messages.length === 0) throw error;
    const details = messages.map((message) => `line ${message.lineNum}: ${message.message}`).join('; ');
    throw new EngineError('internal', `The shader ${name} does not compile: ${details}`, { cause: error });
  }
}

/** Collects dispatches; `build` compiles all their pipelines side by side. */
export class PlanBuilder {
  readonly #gpu: Gpu;
  readonly #steps: PlanStep[] = [];

  constructor(gpu: Gpu) {
    this.#gpu = gpu;
  }

  /** What was added so far. */
  get steps(): readonly PlanStep[] {
    return this.#steps;
  }

  /** Appends a dispatch; `buffers` names one buffer for each binding that the shader declares. */
  add(kernel: Kernel, buffers: Readonly<Record<string, BufferSlice>>): this {
    this.#steps.push({ kernel, buffers });
    return this;
  }

  async build(): Promise<Plan> {
    const compiled = await this.compile();
    return new Plan(this.#steps.map((step, index) => cuttable(this.#gpu, step, compiled[index]!)));
  }

  /** Compiles the pipelines, which a plan that is built later finds ready. */
  compile(): Promise<readonly CompiledKernel[]> {
    return Promise.all(this.#steps.map(({ kernel }) => compile(this.#gpu, kernel)));
  }
}

/** Binds a step's buffers, once for each box that it is cut into. */
function cuttable({ device }: Gpu, { kernel, buffers }: PlanStep, compiled: CompiledKernel): Cuttable {
  const { pipeline, bindings } = compiled;
  const supplied = suppliedBindings(kernel);
  const bind = (own: Readonly<Record<string, readonly number[]>>): GPUBindGroupEntry[] =>
    bindings.map(({ index: binding, name }) => {
      const numbers = own[name];
      if (numbers) return { binding, resource: { buffer: uniformOf(device, numbers) } };
      const slice = buffers[name];
      if (!slice) throw new EngineError('internal', `${kernel.name} was given no buffer for ${name}.`);
      return { binding, resource: bufferBinding(slice) };
    });
  if (supplied.length !== Object.keys(buffers).length) {
    throw new EngineError(
      'internal',
      `${kernel.name} declares ${supplied.map(({ name }) => name).join(', ')} but was given ${Object.keys(buffers).join(', ')}.`,
    );
  }
  const workgroups = kernel.grid[0] * kernel.grid[1] * kernel.grid[2];
  const dispatch = (box: Box): Dispatch => ({
    label: kernel.name,
    pipeline,
    bindGroup: device.createBindGroup({
      label: kernel.name,
      layout: pipeline.getBindGroupLayout(0),
      entries: bind({ ...kernel.uniforms, [ORIGIN]: box.origin }),
    }),
    grid: box.size,
    work: kernel.work * ((box.size[0] * box.size[1] * box.size[2]) / workgroups),
  });
  const whole = cutGrid(kernel.grid).map(dispatch);
  if (!isCuttable(kernel)) return { dispatches: () => whole };
  let last: { readonly boxes: number; readonly dispatches: readonly Dispatch[] } | undefined;
  return {
    dispatches: (work, fewest) => {
      const boxes = cutGrid(kernel.grid, Math.max(fewest, Math.floor((workgroups * work) / kernel.work)));
      if (boxes.length === whole.length) return whole;
      if (last?.boxes !== boxes.length) last = { boxes: boxes.length, dispatches: boxes.map(dispatch) };
      return last.dispatches;
    },
  };
}

const uniforms = new WeakMap<GPUDevice, Map<string, GPUBuffer>>();

/** A uniform of up to four u32 that never change, kept as long as the device. */
function uniformOf(device: GPUDevice, numbers: readonly number[]): GPUBuffer {
  const cache = uniforms.get(device) ?? new Map<string, GPUBuffer>();
  uniforms.set(device, cache);
  const label = `numbers ${numbers.join(', ')}`;
  let buffer = cache.get(label);
  if (!buffer) {
    buffer = device.createBuffer({ label, size: 16, usage: GPUBufferUsage.UNIFORM, mappedAtCreation: true });
    new Uint32Array(buffer.getMappedRange()).set(numbers);
    buffer.unmap();
    cache.set(label, buffer);
  }
  return buffer;
}

/** Dispatches that go into one submission. */
export interface PlanPart {
  readonly work: number;
  encode(pass: GPUComputePassEncoder): void;
}

export class Plan {
  readonly #steps: readonly Cuttable[];
  /** All of it, in as few dispatches as may be. */
  readonly #whole: readonly Dispatch[];
  /** About how many floating-point operations a replay is worth. */
  readonly work: number;

  constructor(steps: readonly Cuttable[]) {
    this.#steps = steps;
    this.#whole = steps.flatMap((step) => step.dispatches(Infinity, 1));
    this.work = this.#whole.reduce((sum, { work }) => sum + work, 0);
  }

  get length(): number {
    return this.#whole.length;
  }

  get labels(): readonly string[] {
    return this.#whole.map(({ label }) => label);
  }

  /** Encodes the dispatches [from, to) into a pass. */
  encode(pass: GPUComputePassEncoder, from = 0, to = this.#whole.length): void {
    encodeDispatches(pass, this.#whole, from, to);
  }

  /**
   * The plan in parts, each of about the work that `budget` names when the part before it has been taken, the first of
   * at most `first` dispatches, and each of at most twice as many as the one before; no dispatch has more that can be
   * cut and keep its `fewest` workgroups.
   */
  *parts(budget: () => number, fewest: number, first = Infinity): Generator<PlanPart> {
    let most = budget();
    let longest = first;
    let dispatches: Dispatch[] = [];
    let work = 0;
    for (const step of this.#steps) {
      for (const dispatch of step.dispatches(most, fewest)) {
        const isFull = work + dispatch.work > most || dispatches.length >= longest;
        if (dispatches.length > 0 && isFull) {
          yield partOf(dispatches, work);
          most = budget();
          longest *= 2;
          dispatches = [];
          work = 0;
        }
        dispatches.push(dispatch);
        work += dispatch.work;
      }
    }
    if (dispatches.length > 0) yield partOf(dispatches, work);
  }
}

function partOf(dispatches: readonly Dispatch[], work: number): PlanPart {
  return { work, encode: (pass) => encodeDispatches(pass, dispatches, 0, dispatches.length) };
}

function encodeDispatches(
  pass: GPUComputePassEncoder,
  dispatches: readonly Dispatch[],
  from: number,
  to: number,
): void {
  let current: GPUComputePipeline | undefined;
  for (let index = from; index < to; index++) {
    const { pipeline, bindGroup, grid } = dispatches[index]!;
    if (pipeline !== current) pass.setPipeline(pipeline);
    current = pipeline;
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(grid[0], grid[1], grid[2]);
  }
}

function bufferBinding(slice: BufferSlice): GPUBufferBinding {
  if (!('offset' in slice)) return { buffer: slice };
  const { buffer, offset, size, elementBytes = 4 } = slice;
  return { buffer, offset: offset * elementBytes, size: size * elementBytes };
}
