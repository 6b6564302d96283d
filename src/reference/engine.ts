// The reference engine: the whole model in float64 on the CPU. The oracle of every kernel, and, for tiny
// models, the engine of last resort where there is no WebGPU. It works window by window and gives way to
// the event loop between them, so that a worker that trains with it still answers.

import { breather } from '../lib/breathe.ts';
import { Failure } from '../lib/errors.ts';
import {
  type AttentionMaps,
  type AttentionMapsRequest,
  type AttentionRow,
  type AttentionRowsRequest,
  mapsProblem,
  rowsProblem,
} from '../model/attention.ts';
import type { ModelConfig } from '../model/config.ts';
import {
  type Engine,
  EngineError,
  type EngineShape,
  type OptimizerState,
  type Sampler,
  type SamplerSettings,
  type StepMetrics,
  type TrainStepRequest,
} from '../model/engine.ts';
import type { ParameterLayout } from '../model/parameters.ts';
import {
  type AdamState,
  adamUpdate,
  attentionMaps,
  attentionRows,
  clipScale,
  crossEntropyForward,
  globalNorm,
  type LayerAttention,
} from './ops.ts';
import { ReferenceSampler } from './sampler.ts';
import {
  attentionShape,
  lossAndGradient,
  modelForward,
  type ReferenceModel,
  referenceModel,
} from './transformer.ts';

type GradientRequest = Pick<TrainStepRequest, 'step' | 'seed' | 'tokens'>;

export class ReferenceEngine implements Engine {
  readonly kind = 'reference';
  readonly config: ModelConfig;
  readonly shape: EngineShape;
  readonly layout: ParameterLayout;
  readonly memoryBytes: number;
  /** Between steps it may be read and written in place. */
  readonly state: AdamState;
  readonly #model: ReferenceModel;
  readonly #precision: 'float32' | 'float64';
  /** Settles when every task so far has ended. */
  #tail: Promise<unknown> = Promise.resolve();
  /** Set by a step that was not finite: no later one is taken, until `writeState`. */
  #halted = false;
  #destroyed = false;

  /**
   * All parameters are zero until `writeState`. `precision` is that of the state between steps: float32 is all that
   * `readState` can tell, so that a run resumed from it keeps its bits; float64 is for comparing with other oracles.
   */
  constructor(config: ModelConfig, shape: EngineShape, precision: 'float32' | 'float64' = 'float32') {
    this.#precision = precision;
    this.config = config;
    this.shape = shape;
    this.#model = referenceModel(config);
    this.layout = this.#model.layout;
    const arena = () => new Float64Array(this.layout.arenaSize);
    this.state = { parameters: arena(), m: arena(), v: arena() };
    this.memoryBytes = memoryBytes(config, this.layout);
  }

  trainStep(request: TrainStepRequest): Promise<StepMetrics> {
    const tokens = request.tokens.slice();
    return this.#enqueue(async () => {
      const { loss, gradient } = await this.#gradient({ ...request, tokens });
      const gradNorm = globalNorm(gradient);
      this.#halted ||= !(Number.isFinite(loss) && Number.isFinite(gradNorm));
      if (!this.#halted) {
        const scale = clipScale(gradNorm, request.clipNorm);
        adamUpdate(this.state, gradient, scale, request.step, this.layout.decayEnd, request);
        if (this.#precision === 'float32') {
          for (const arena of Object.values(this.state)) arena.set(Float32Array.from(arena));
        }
      }
      return { step: request.step, loss, gradNorm, finite: !this.#halted };
    });
  }

  losses(tokens: Uint8Array): Promise<Float32Array> {
    return this.#eachWindow(tokens, 1, (logits, window) =>
      crossEntropyForward(logits, window, this.config.vocabSize),
    );
  }

  logits(tokens: Uint8Array): Promise<Float32Array> {
    return this.#eachWindow(tokens, this.config.vocabSize, (logits) => logits);
  }

  attentionRows(request: AttentionRowsRequest): Promise<readonly AttentionRow[]> {
    const tokens = request.tokens.slice();
    return this.#enqueue(() => {
      const problem = rowsProblem(request, this.config);
      if (problem) throw new EngineError('internal', problem);
      const { layer } = request;
      const groups = this.#model.layers[layer]!;
      return attentionRows(this.#layers(tokens)[layer]!, attentionShape(this.config, 1), groups, request);
    });
  }

  attentionMaps(request: AttentionMapsRequest): Promise<AttentionMaps> {
    return this.#enqueue(async () => {
      const problem = mapsProblem(request, this.config);
      if (problem) throw new EngineError('internal', problem);
      const breathe = breather();
      return attentionMaps(request, attentionShape(this.config, 1), this.#model.layers, async (window) => {
        await breathe();
        if (request.signal?.aborted) throw new Failure('cancelled', 'Looking inside was stopped.');
        return this.#layers(window);
      });
    });
  }

  gradients(request: GradientRequest): Promise<Float32Array> {
    const tokens = request.tokens.slice();
    return this.#enqueue(async () => {
      const { gradient } = await this.#gradient({ ...request, tokens });
      return Float32Array.from(gradient);
    });
  }

  readState(): Promise<OptimizerState> {
    return this.#enqueue(() => ({
      parameters: Float32Array.from(this.state.parameters),
      m: Float32Array.from(this.state.m),
      v: Float32Array.from(this.state.v),
    }));
  }

  writeState({ parameters, m, v }: OptimizerState): void {
    const copy = { parameters: parameters.slice(), m: m.slice(), v: v.slice() };
    void this.#enqueue(() => {
      this.state.parameters.set(copy.parameters);
      this.state.m.set(copy.m);
      this.state.v.set(copy.v);
      this.#halted = false;
    }).catch(() => undefined);
  }

  createSampler(settings: SamplerSettings): Promise<Sampler> {
    return ReferenceSampler.create(this.#model, this.state.parameters, settings, (task) =>
      this.#enqueue(task),
    );
  }

  destroy(): void {
    this.#destroyed = true;
  }

  /** Runs `task` after all earlier ones, whether they succeeded or not. */
  #enqueue<T>(task: () => T | Promise<T>): Promise<T> {
    const result = this.#tail.then(() => {
      if (this.#destroyed) throw new EngineError('internal', 'The engine was closed before this could run.');
      return task();
    });
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Queries, keys and log-sum-exp of every layer, for one window; what it does not fill is 0. */
  #layers(tokens: Uint8Array): readonly LayerAttention[] {
    const window = new Uint8Array(this.config.contextLength);
    window.set(tokens);
    const { blocks } = modelForward(this.#model, this.state.parameters, window);
    return blocks.map(({ qkv, attention }) => ({ qkv, lse: attention.lse }));
  }

  /** The mean loss over the step's bytes, and its gradient as an arena. */
  async #gradient({
    step,
    seed,
    tokens,
  }: GradientRequest): Promise<{ loss: number; gradient: Float64Array }> {
    const { microBatch, accumulation } = this.shape;
    const T = this.config.contextLength;
    const windows = accumulation * microBatch;
    if (tokens.length !== windows * T) {
      throw new EngineError(
        'internal',
        `A step takes ${windows * T} tokens, but ${tokens.length} were given.`,
      );
    }
    const breathe = breather();
    const gradient = new Float64Array(this.layout.arenaSize);
    let total = 0;
    for (let window = 0; window < windows; window++) {
      const place = {
        seed,
        step,
        microBatch: Math.floor(window / microBatch),
        firstRow: (window % microBatch) * T,
      };
      const bytes = tokens.subarray(window * T, (window + 1) * T);
      const scale = 1 / tokens.length;
      const losses = lossAndGradient(this.#model, this.state.parameters, bytes, scale, gradient, place);
      for (const loss of losses) total += loss;
      await breathe();
    }
    return { loss: total / tokens.length, gradient };
  }

  /** Maps the logits [contextLength, V] of each window of `tokens` to `perByte` numbers a byte. */
  #eachWindow(
    tokens: Uint8Array,
    perByte: number,
    map: (logits: Float64Array, window: Uint8Array) => Float64Array,
  ): Promise<Float32Array> {
    const bytes = tokens.slice();
    return this.#enqueue(async () => {
      const T = this.config.contextLength;
      if (bytes.length % T !== 0) {
        throw new EngineError(
          'internal',
          `${bytes.length} tokens are not a whole number of windows of ${T}.`,
        );
      }
      const breathe = breather();
      const result = new Float32Array(bytes.length * perByte);
      for (let start = 0; start < bytes.length; start += T) {
        const window = bytes.subarray(start, start + T);
        const { logits } = modelForward(this.#model, this.state.parameters, window);
        result.set(map(logits, window), start * perByte);
        await breathe();
      }
      return result;
    });
  }
}

/** State, gradient, and the tensors of one window's forward pass and of its largest backward operation. */
function memoryBytes(config: ModelConfig, layout: ParameterLayout): number {
  const { contextLength, nLayer, nHead, dModel, dQueryKey, dFF, vocabSize } = config;
  const perBlock = 7 * dModel + 2 * dQueryKey + 2 * dFF + nHead + 4;
  const perByte = nLayer * perBlock + 2 * dModel + 2 * vocabSize;
  return 8 * (4 * layout.arenaSize + contextLength * perByte);
}
