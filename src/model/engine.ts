// What an engine can do for the trainer, the sampler and the evaluator. Two engines implement it: the WebGPU
// one (model/transformer.ts) and the float64 reference (reference/engine.ts), so that everything above runs on either.

import { Failure } from '../lib/errors.ts';
import type {
  AttentionMaps,
  AttentionMapsRequest,
  AttentionRow,
  AttentionRowsRequest,
  Watch,
} from './attention.ts';
import type { ModelConfig, Precision } from './config.ts';
import type { ParameterLayout } from './parameters.ts';

export { EngineError, type EngineErrorCode } from '../lib/errors.ts';

/** Shapes that are fixed for the life of an engine, because its plans are laid out for them. */
export interface EngineShape {
  /** B: windows of `contextLength` bytes in one micro-batch. */
  readonly microBatch: number;
  /** Micro-batches whose gradients add up to one step. */
  readonly accumulation: number;
  /** Recompute residual blocks in the backward pass instead of keeping their tensors. */
  readonly recompute: boolean;
  /** `float32` unless said. */
  readonly precision?: Precision;
}

/** The optimiser's numbers for one step: Adam with decoupled weight decay on matrices. */
export interface UpdateSettings {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  /** Largest global gradient norm; the gradient is scaled down to it. */
  readonly clipNorm: number;
}

export interface TrainStepRequest extends UpdateSettings {
  /** 0-based; Adam's bias correction uses step + 1, and dropout draws from (seed, step, micro-batch, ...). */
  readonly step: number;
  readonly seed: number;
  /** [accumulation * microBatch, contextLength] target bytes; the inputs are these, shifted right inside. */
  readonly tokens: Uint8Array;
}

export interface StepMetrics {
  readonly step: number;
  /** Mean cross-entropy over the step's bytes, in nats. */
  readonly loss: number;
  /** Global norm of the gradient before clipping; of the last step that had one, where float16 overflowed. */
  readonly gradNorm: number;
  /**
   * False when loss or gradient was not finite, of this step or of an earlier one: the parameters were then left as they
   * were, and stay so until `writeState`.
   */
  readonly finite: boolean;
}

/** All that a training run's next step depends on inside the engine, as arenas laid out by `layout`. */
export interface OptimizerState {
  readonly parameters: Float32Array;
  /** Adam's first and second moments. */
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** In mixed precision: what gradients are multiplied by, and for how many steps it has been so. */
  readonly lossScale?: LossScale;
}

export interface LossScale {
  readonly scale: number;
  readonly steps: number;
}

export interface SamplerSettings {
  /** S: independent sequences drawn together. */
  readonly samples: number;
  readonly seed: number;
  /** 0 takes the likeliest byte. */
  readonly temperature: number;
  /** Keep the k likeliest bytes; 0 keeps all. */
  readonly topK: number;
  /** Keep the smallest set of likeliest bytes whose probability reaches p; 1 keeps all. */
  readonly topP: number;
  /** Bytes that every sequence begins with, or a list of S, all of one length; at most contextLength - 1. */
  readonly prompt: Uint8Array | readonly Uint8Array[];
  /** Ends the reading of a long prompt, too: what is asked of the sampler then rejects with a `Failure` 'cancelled'. */
  readonly signal?: AbortSignal;
}

/** Throws a `Failure` 'cancelled' where drawing is not wanted any more. */
export function checkDrawing({ signal }: SamplerSettings): void {
  if (signal?.aborted) throw new Failure('cancelled', 'Drawing was stopped.');
}

/** What each of the S sequences begins with. Throws a RangeError for a list of another length than S. */
export function promptsOf({ prompt, samples }: SamplerSettings): readonly Uint8Array[] {
  const prompts = prompt instanceof Uint8Array ? Array<Uint8Array>(samples).fill(prompt) : prompt;
  if (prompts.length !== samples || prompts.some(({ length }) => length !== prompts[0]?.length)) {
    throw new RangeError('a list of prompts has one for each sample, all of one length');
  }
  return prompts;
}

/** Bytes that each of the sequences begins with. */
export const promptLength = (settings: SamplerSettings): number => promptsOf(settings)[0]?.length ?? 0;

/** A batch of sequences growing byte by byte over a key/value cache. */
export interface Sampler {
  /** Bytes so far in each sequence, prompt included. */
  readonly position: number;
  /** Draws up to `count` more bytes (fewer at the end of the context): [S][drawn]. */
  next(count: number): Promise<Uint8Array[]>;
  /**
   * Logits [S, V] from which the byte at `position - 1` was drawn or, if it is the prompt's, would have been;
   * zeros while there is no byte.
   */
  logits(): Promise<Float32Array>;
  /**
   * Keeps, from the next call of `next` on, the weights with which the last byte of each call is made; null keeps
   * none, and nothing is computed or held for it.
   */
  watch(watched: Watch | null): Promise<void>;
  /** The weights kept at `position - 1`; null where nothing was watched. */
  watched(): Promise<AttentionRow | null>;
  destroy(): void;
}

export interface Engine {
  readonly kind: 'webgpu' | 'reference';
  readonly config: ModelConfig;
  readonly shape: EngineShape;
  readonly layout: ParameterLayout;
  /** Bytes held on the device. */
  readonly memoryBytes: number;
  /**
   * Forward, backward, clip and update. Steps may be queued before earlier ones resolve; they run in order.
   * Rejects with an `EngineError` when the device is lost: the step then did not happen. A long step asks `stopped` now
   * and then; after a yes it may reject with a `Failure` 'cancelled', and then it did not happen either.
   */
  trainStep(request: TrainStepRequest, stopped?: () => boolean): Promise<StepMetrics>;
  /**
   * Cross-entropy, in nats, of each target byte of `tokens` [windows, contextLength], any number of windows,
   * without dropout: [windows * contextLength].
   */
  losses(tokens: Uint8Array): Promise<Float32Array>;
  /** Logits [windows, contextLength, V] of the full forward pass. */
  logits(tokens: Uint8Array): Promise<Float32Array>;
  /** Rows of attention weights in one window, head by head: only these are computed and read. */
  attentionRows(request: AttentionRowsRequest): Promise<readonly AttentionRow[]>;
  /**
   * What every head of some layers looks at, as pictures of bounded size, layer by layer; other calls may come in
   * between. Rejects with a `Failure` 'cancelled' when the signal says so.
   */
  attentionMaps(request: AttentionMapsRequest): Promise<AttentionMaps>;
  /** The gradient arena of the mean loss over [accumulation * microBatch, contextLength]; parameters unchanged. For tests. */
  gradients(request: Pick<TrainStepRequest, 'step' | 'seed' | 'tokens'>): Promise<Float32Array>;
  readState(): Promise<OptimizerState>;
  writeState(state: OptimizerState): void;
  createSampler(settings: SamplerSettings): Promise<Sampler>;
  destroy(): void;
}
