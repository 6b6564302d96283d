// Configurations for tests, and a small engine for tests of what stands above the engines: its next byte depends on the
// last one alone, through the model's token embedding and output matrix, and its heads look at all their keys alike. It
// keeps the whole contract: real losses and exact gradients, Adam, a queue, bits that repeat; and it fails on demand.

import fc from 'fast-check';
import { Failure } from '../lib/errors.ts';
import { uniform } from '../lib/random.ts';
import { attentionLayers } from '../patterns/index.ts';
import { attentionMaps } from '../reference/ops.ts';
import { uniformAttention, uniformRows } from '../reference/testing.ts';
import { attentionShape } from '../reference/transformer.ts';
import {
  type AttentionMaps,
  type AttentionMapsRequest,
  type AttentionRow,
  type AttentionRowsRequest,
  allHeads,
  meanRow,
  type Watch,
} from './attention.ts';
import { headGroups, type ModelConfig } from './config.ts';
import {
  type Engine,
  EngineError,
  type EngineShape,
  type OptimizerState,
  promptsOf,
  type Sampler,
  type SamplerSettings,
  type StepMetrics,
  type TrainStepRequest,
} from './engine.ts';
import { initialParameters, type ParameterLayout, parameterLayout } from './parameters.ts';

/** A configuration small enough for any test. */
export const testConfig: ModelConfig = {
  vocabSize: 256,
  contextLength: 32,
  nLayer: 1,
  nHead: 2,
  dModel: 8,
  dFF: 8,
  dQueryKey: 8,
  linearBias: true,
  attention: { stride: 8, summaryCells: 2, layers: [[['local', 'column']]] },
  positions: { kind: 'attention', stride: 8 },
  initialisation: 'released',
  dropout: 0,
};

/** Layers of the patterns that came after the paper. */
const successors: readonly ModelConfig['attention']['layers'][] = [
  [[['local', 'sink']]],
  [[['local', 'dilated']], [['dilated']]],
  [[['ownBlock']], [['column']], [['previousBlock']]],
  [[['ownBlock', 'previousBlock', 'summary']], [['sink']]],
];

/** Configurations that can run, of every pattern, form and kind of positions. */
export const modelConfigs: fc.Arbitrary<ModelConfig> = fc
  .record({
    nHead: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 40 }),
    contextLength: fc.integer({ min: 2, max: 90 }),
  })
  .chain(({ nHead, stride, contextLength }) =>
    fc.record({
      vocabSize: fc.constant(256),
      contextLength: fc.constant(contextLength),
      nLayer: fc.integer({ min: 1, max: 5 }),
      nHead: fc.constant(nHead),
      dModel: fc.integer({ min: 1, max: 4 }).map((n) => 4 * nHead * n),
      dFF: fc.integer({ min: 1, max: 20 }).map((n) => 4 * n),
      dQueryKey: fc.integer({ min: 1, max: 4 }).map((n) => 4 * nHead * n),
      linearBias: fc.boolean(),
      attention: fc.record(
        {
          stride: fc.constant(stride),
          summaryCells: fc.integer({ min: 1, max: stride }),
          dilation: fc.integer({ min: 1, max: 9 }),
          layers: fc
            .tuple(
              fc.constantFrom('dense' as const, 'local' as const, 'strided' as const, 'fixed' as const),
              fc.constantFrom('interleaved' as const, 'merged' as const, 'multiHead' as const),
            )
            .filter(([, form]) => nHead > 1 || form !== 'multiHead')
            .map(([pattern, form]) => attentionLayers(pattern, form))
            .chain((layers) => fc.constantFrom(layers, ...successors)),
        },
        { requiredKeys: ['stride', 'summaryCells', 'layers'] },
      ),
      positions: fc.oneof(
        fc.record({ kind: fc.constant('attention' as const), stride: fc.constant(stride) }),
        fc.constant({ kind: 'image' as const, height: 1, width: contextLength, channels: 1 }),
      ),
      initialisation: fc.constantFrom('released' as const, 'paper' as const),
      dropout: fc.double({ min: 0, max: 0.99, noNaN: true }),
    }),
  );

export const testShape: EngineShape = { microBatch: 2, accumulation: 2, recompute: false };

export class BigramEngine implements Engine {
  readonly kind = 'reference';
  readonly config: ModelConfig;
  readonly shape: EngineShape;
  readonly layout: ParameterLayout;
  readonly memoryBytes: number;
  /** Calls to come before the device is lost. */
  callsUntilLost = Infinity;
  /** Steps ask whether they are to be given up, as long ones do. */
  longSteps = false;
  /** The step whose loss is not finite. */
  poisonedStep = -1;
  destroyed = false;
  #state: OptimizerState;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(config: ModelConfig = testConfig, shape: EngineShape = testShape, seed = 1) {
    this.config = config;
    this.shape = shape;
    this.layout = parameterLayout(config);
    const zeros = () => new Float32Array(this.layout.arenaSize);
    this.#state = { parameters: initialParameters(this.layout, seed), m: zeros(), v: zeros() };
    this.memoryBytes = 12 * this.layout.arenaSize;
  }

  trainStep(request: TrainStepRequest, stopped?: () => boolean): Promise<StepMetrics> {
    return this.#inTurn(() => {
      if (this.longSteps && stopped?.()) throw new Failure('cancelled', 'The step was given up.');
      const { loss, gradient } = this.#forwardBackward(request.tokens);
      const gradNorm = Math.hypot(...gradient);
      if (request.step === this.poisonedStep) {
        return { step: request.step, loss: Number.NaN, gradNorm, finite: false };
      }
      this.#update(gradient, gradNorm, request);
      return { step: request.step, loss, gradNorm, finite: true };
    });
  }

  losses(tokens: Uint8Array): Promise<Float32Array> {
    return this.#inTurn(() =>
      Float32Array.from(tokens, (target, i) => -Math.log(this.#row(tokens, i)[target]!)),
    );
  }

  logits(tokens: Uint8Array): Promise<Float32Array> {
    return this.#inTurn(() =>
      Float32Array.from([...tokens].flatMap((_, i) => this.#row(tokens, i).map(Math.log))),
    );
  }

  attentionRows(request: AttentionRowsRequest): Promise<readonly AttentionRow[]> {
    return this.#inTurn(() => uniformRows(this.config, request));
  }

  async attentionMaps(request: AttentionMapsRequest): Promise<AttentionMaps> {
    const groups = uniformAttention(this.config).map((_, layer) => headGroups(this.config, layer));
    return attentionMaps(request, attentionShape(this.config, 1), groups, () =>
      this.#inTurn(() => {
        if (request.signal?.aborted) throw new Failure('cancelled', 'Looking inside was stopped.');
        return uniformAttention(this.config);
      }),
    );
  }

  gradients({ tokens }: Pick<TrainStepRequest, 'tokens'>): Promise<Float32Array> {
    return this.#inTurn(() => this.#forwardBackward(tokens).gradient);
  }

  readState(): Promise<OptimizerState> {
    return this.#inTurn(() => copyOf(this.#state));
  }

  writeState(state: OptimizerState): void {
    this.#state = copyOf(state);
  }

  async createSampler(settings: SamplerSettings): Promise<Sampler> {
    const sequences = promptsOf(settings).map((prompt) => [...prompt]);
    let watching: Watch | null = null;
    const length = () => sequences[0]?.length ?? 0;
    const row = (sequence: readonly number[]) =>
      this.#row(Uint8Array.from([...sequence, 0]), sequence.length % this.config.contextLength);
    const draw = (sequence: number[], sample: number): number => {
      const threshold = uniform(settings.seed, sequence.length, sample, 0);
      let sum = 0;
      const byte = row(sequence).findIndex((p) => {
        sum += p;
        return sum > threshold;
      });
      sequence.push(byte < 0 ? 255 : byte);
      return sequence.at(-1)!;
    };
    return {
      get position() {
        return length();
      },
      next: (count) =>
        this.#inTurn(() => {
          const drawn = Math.min(count, this.config.contextLength - length());
          return sequences.map((sequence, sample) =>
            Uint8Array.from({ length: drawn }, () => draw(sequence, sample)),
          );
        }),
      logits: () => this.#inTurn(() => Float32Array.from(sequences.flatMap(row), Math.log)),
      watch: async (watched) => {
        watching = watched;
      },
      watched: () =>
        this.#inTurn(() => {
          if (!watching) return null;
          const { layer, head } = watching;
          const heads = head === 'mean' ? allHeads(this.config) : [head];
          const request = { layer, heads, queries: [length() - 1] };
          const rows = uniformRows(this.config, request);
          return head === 'mean' ? meanRow(rows) : rows[0]!;
        }),
      destroy: () => {},
    };
  }

  destroy(): void {
    this.destroyed = true;
  }

  /** Runs after what was asked for earlier, and a turn of the event loop later, like a GPU's queue. */
  #inTurn<T>(work: () => T): Promise<T> {
    const result = this.#queue.then(async () => {
      await new Promise((resolve) => setImmediate(resolve));
      this.callsUntilLost -= 1;
      if (this.callsUntilLost < 0 || this.destroyed)
        throw new EngineError('device-lost', 'The GPU went away.');
      return work();
    });
    this.#queue = result.catch(() => {});
    return result;
  }

  /** Where the vector of the byte before index `i` begins in the arena: the start vector at a window's beginning. */
  #inputOffset(tokens: Uint8Array, i: number): number {
    const isFirst = i % this.config.contextLength === 0;
    const name = isFirst ? 'embed.start' : 'embed.token';
    return this.layout.byName.get(name)!.offset + (isFirst ? 0 : tokens[i - 1]! * this.config.dModel);
  }

  /** Probabilities [V] of the byte at index `i`. */
  #row(tokens: Uint8Array, i: number): number[] {
    const { parameters } = this.#state;
    const { dModel, vocabSize } = this.config;
    const input = this.#inputOffset(tokens, i);
    const output = this.layout.byName.get('output.weight')!.offset;
    const weights = Array.from({ length: vocabSize }, (_, v) => {
      let logit = 0;
      for (let c = 0; c < dModel; c++)
        logit += parameters[input + c]! * parameters[output + c * vocabSize + v]!;
      return Math.exp(logit);
    });
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  }

  #forwardBackward(tokens: Uint8Array): { loss: number; gradient: Float32Array } {
    const { parameters } = this.#state;
    const { dModel, vocabSize } = this.config;
    const output = this.layout.byName.get('output.weight')!.offset;
    const gradient = new Float32Array(this.layout.arenaSize);
    let loss = 0;
    for (const [i, target] of tokens.entries()) {
      const input = this.#inputOffset(tokens, i);
      const row = this.#row(tokens, i);
      loss -= Math.log(row[target]!) / tokens.length;
      for (let v = 0; v < vocabSize; v++) {
        const dLogit = (row[v]! - Number(v === target)) / tokens.length;
        for (let c = 0; c < dModel; c++) {
          const weight = output + c * vocabSize + v;
          gradient[input + c]! += dLogit * parameters[weight]!;
          gradient[weight]! += dLogit * parameters[input + c]!;
        }
      }
    }
    return { loss, gradient };
  }

  #update(gradient: Float32Array, gradNorm: number, request: TrainStepRequest): void {
    const { parameters, m, v } = this.#state;
    const { step, learningRate, beta1, beta2, eps, weightDecay, clipNorm } = request;
    const scale = Math.min(1, clipNorm / gradNorm);
    for (let i = 0; i < gradient.length; i++) {
      const g = gradient[i]! * scale;
      m[i] = beta1 * m[i]! + (1 - beta1) * g;
      v[i] = beta2 * v[i]! + (1 - beta2) * g * g;
      const mean = m[i]! / (1 - beta1 ** (step + 1));
      const deviation = Math.sqrt(v[i]! / (1 - beta2 ** (step + 1)));
      const decay = i < this.layout.decayEnd ? weightDecay * parameters[i]! : 0;
      parameters[i]! -= learningRate * (mean / (deviation + eps) + decay);
    }
  }
}

function copyOf({ parameters, m, v }: OptimizerState): OptimizerState {
  return { parameters: parameters.slice(), m: m.slice(), v: v.slice() };
}
