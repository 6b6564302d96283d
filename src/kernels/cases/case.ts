// A kernel case: kernels run in order over named buffers, and what the float64 reference makes of the same inputs.
// The same cases run in Chromium on a software adapter (kernels.gpu.test.ts) and, by `weft check`, on any GPU.

import type { Gpu, SubgroupMatrix } from '../../gpu/device.ts';
import { type Kernel, suppliedBindings } from '../../gpu/kernel.ts';
import { PlanBuilder } from '../../gpu/plan.ts';
import { fromHalf, toHalf } from '../../lib/half.ts';
import { normal } from '../../lib/random.ts';
import type { ReductionVariant } from '../reduction.ts';
import { gpuVariants, softwareVariants } from '../variants.ts';

type Inputs = Readonly<Record<string, Float64Array | Uint8Array | ArrayBuffer>>;

export interface KernelCase {
  readonly name: string;
  readonly kernels: readonly Kernel[];
  /** Contents of the buffers that the kernels read, or what makes them; float64 values are rounded to float32. */
  readonly inputs: Inputs | (() => Inputs);
  /** Elements of the buffers that they only write; poisoned before the run. */
  readonly scratch?: Readonly<Record<string, number>>;
  /** Buffers that a binding of another name stands for. */
  readonly aliases?: Readonly<Record<string, string>>;
  /** What the reference computes, by buffer. */
  readonly expected: () => Readonly<Record<string, Float64Array>>;
  /** Buffers among those that hold whole numbers, u32, instead of float32 ones. */
  readonly integers?: readonly string[];
  /** Buffers that hold float16 numbers; inputs are rounded to them. */
  readonly halves?: readonly string[];
  /** Left to runs on a GPU: a software adapter compiles tiles for seconds, and other cases cover the code. */
  readonly gpuOnly?: boolean;
  /** Workgroup memory that the kernels take, where an adapter may have less. */
  readonly workgroupBytes?: number;
  /** For adapters that have matrices of this size alone. */
  readonly subgroupMatrix?: SubgroupMatrix;
  /** Largest relative error, |out - expected| / |expected| in the Euclidean norm. */
  readonly tolerance: number;
}

/** Subgroup matrices that are tested: those of NVIDIA's GPUs, and of an adapter that computes on a CPU, Mesa's lavapipe. */
export const matrices: readonly [gpu: SubgroupMatrix, cpu: SubgroupMatrix] = [
  { M: 16, N: 16, K: 16, lanes: 32 },
  { M: 8, N: 8, K: 8, lanes: 8 },
];

/** The ways of reductions: for adapters that compute on a CPU, and for GPUs. */
export const reductions: readonly [cpu: ReductionVariant, gpu: ReductionVariant] = [
  softwareVariants.reduction,
  gpuVariants.reduction,
];

/** A reduction, for the names of cases. */
export const reductionWords = ({ wholeRows }: ReductionVariant): string =>
  wholeRows ? 'as on a CPU' : 'as on a GPU';

/** What a step is taken with. */
export const stepSettings = {
  learningRate: Math.fround(0.01),
  beta1: 0.9,
  beta2: 0.999,
  eps: 1e-8,
  weightDecay: Math.fround(0.1),
  clipNorm: 1,
} as const;

/** One of the numbers that a case is judged by. */
export interface Measure {
  readonly what: string;
  readonly value: number;
  readonly limit: number;
}

export interface CaseResult {
  readonly name: string;
  readonly measures: readonly Measure[];
  /** What is beyond its limit, or no number at all, in words; empty when the case passed. */
  readonly failures: readonly string[];
}

export function judge(name: string, measures: readonly Measure[]): CaseResult {
  const failures = measures
    .filter(({ value, limit }) => !(value <= limit))
    .map(({ what, value, limit }) => `${what}: ${Number(value.toPrecision(3))} instead of at most ${limit}`);
  return { name, measures, failures };
}

/** What was drawn already: hundreds of cases begin with the same numbers. */
const drawn = new Map<string, Float64Array>();

/** What `make` makes, made when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Standard normal inputs, exact in float32. */
export function noise(size: number, seed: number, scale = 1): Float64Array {
  const key = `${seed} ${scale}`;
  let values = drawn.get(key);
  if (values === undefined || values.length < size) {
    const length = Math.max(size, 2 * (values?.length ?? 0));
    values = Float64Array.from({ length }, (_, i) => Math.fround(scale * normal(seed, 0xca5e, 0, i)));
    drawn.set(key, values);
  }
  return values.slice(0, size);
}

/** Values as float16 holds them. */
export function halved(values: Float64Array): Float64Array {
  return values.map((value) => fromHalf(toHalf(value)));
}

/** Bytes of all values, in no regular order. */
export function noiseBytes(size: number, seed: number): Uint8Array {
  return Uint8Array.from(
    { length: size },
    (_, i) => Math.floor(Math.abs(normal(seed, 0xb17e, 0, i)) * 1e6) % 256,
  );
}

/** |actual - expected| / |expected|; NaN when an element of `actual` is not finite. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = 0;
  let size = 0;
  for (let i = 0; i < expected.length; i++) {
    difference += (actual[i]! - expected[i]!) ** 2;
    size += expected[i]! ** 2;
  }
  return size === 0 ? Math.sqrt(difference) : Math.sqrt(difference / size);
}

/** Large, finite and unlike any result, so that an element nobody wrote is seen. */
const POISON = 1e9;

/** The second run is cut into about so many parts, which must change nothing. */
const CUTS = 7;

export async function runCase(gpu: Gpu, testCase: KernelCase): Promise<CaseResult> {
  const expected = testCase.expected();
  const first = await runKernels(gpu, testCase, Object.keys(expected), 1);
  const second = await runKernels(gpu, testCase, Object.keys(expected), CUTS);
  const measures = Object.entries(expected).flatMap(([name, values]): Measure[] => {
    const [once, again] = [first[name]!, second[name]!];
    return [
      { what: `error of ${name}`, value: relativeError(once, values), limit: testCase.tolerance },
      {
        what: `elements of ${name} that a second run made otherwise`,
        value: once.reduce((count, value, i) => count + (Object.is(value, again[i]) ? 0 : 1), 0),
        limit: 0,
      },
    ];
  });
  return judge(testCase.name, measures);
}

async function runKernels(
  gpu: Gpu,
  { kernels, inputs, scratch = {}, aliases = {}, integers = [], halves = [] }: KernelCase,
  outputs: readonly string[],
  cuts: number,
): Promise<Record<string, number[]>> {
  const buffers: Record<string, GPUBuffer> = {};
  for (const [name, value] of Object.entries(typeof inputs === 'function' ? inputs() : inputs)) {
    if (value instanceof ArrayBuffer) {
      buffers[name] = gpu.uniform(name, value.byteLength);
      gpu.device.queue.writeBuffer(buffers[name], 0, value);
      continue;
    }
    const words = value instanceof Uint8Array ? padBytes(value) : wordsOf(value, halves.includes(name));
    buffers[name] = gpu.storage(name, words.byteLength);
    gpu.device.queue.writeBuffer(buffers[name], 0, words);
  }
  for (const [name, size] of Object.entries(scratch)) {
    const words = wordsOf(new Float64Array(size).fill(POISON), halves.includes(name));
    buffers[name] = gpu.storage(name, words.byteLength);
    gpu.device.queue.writeBuffer(buffers[name], 0, words);
  }
  const builder = new PlanBuilder(gpu);
  for (const kernel of kernels) {
    const bound = suppliedBindings(kernel).map(({ name }) => [name, buffers[aliases[name] ?? name]!]);
    builder.add(kernel, Object.fromEntries(bound));
  }
  const plan = await builder.build();
  const encoder = gpu.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  if (cuts === 1) plan.encode(pass);
  else for (const part of plan.parts(() => plan.work / cuts, 1)) part.encode(pass);
  pass.end();
  gpu.device.queue.submit([encoder.finish()]);
  const result: Record<string, number[]> = {};
  for (const name of outputs) {
    const bytes = await gpu.read(buffers[name]!);
    result[name] = numbersOf(bytes, integers.includes(name), halves.includes(name));
  }
  for (const buffer of Object.values(buffers)) gpu.release(buffer);
  return result;
}

/** Numbers as they stand in a buffer: float32, or float16. */
function wordsOf(
  values: Float64Array,
  isHalf: boolean,
): Float32Array<ArrayBuffer> | Uint16Array<ArrayBuffer> {
  return isHalf ? Uint16Array.from(values, toHalf) : Float32Array.from(values);
}

function numbersOf(bytes: ArrayBuffer, isInteger: boolean, isHalf: boolean): number[] {
  if (isHalf) return Array.from(new Uint16Array(bytes), fromHalf);
  return [...(isInteger ? new Uint32Array(bytes) : new Float32Array(bytes))];
}

function padBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array(Math.ceil(bytes.length / 4) * 4);
  padded.set(bytes);
  return padded;
}
