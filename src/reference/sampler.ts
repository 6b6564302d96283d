// Autoregressive sampling in float64, one position at a time over cached keys and values: each position
// goes through the model once.

import { breather } from '../lib/breathe.ts';
import { type AttentionRow, allHeads, meanRow, type Watch } from '../model/attention.ts';
import { FINAL_NORM_EPS, LAYER_NORM_EPS } from '../model/config.ts';
import {
  checkDrawing,
  EngineError,
  promptLength,
  promptsOf,
  type Sampler,
  type SamplerSettings,
} from '../model/engine.ts';
import { drawByte, drawUniform } from '../sample/draw.ts';
import * as ops from './ops.ts';
import { attentionShape, linear, norm, type ReferenceModel } from './transformer.ts';
import { viewWeights, type Weights } from './weights.ts';

/** Runs a task after the engine's earlier ones. */
export type Enqueue = <T>(task: () => T | Promise<T>) => Promise<T>;

export class ReferenceSampler implements Sampler {
  readonly #model: ReferenceModel;
  readonly #weights: Weights;
  readonly #settings: SamplerSettings;
  readonly #enqueue: Enqueue;
  /** [S, contextLength] */
  readonly #tokens: Uint8Array;
  /** Queries, keys and values of each layer so far, [S * contextLength, 2 * dQueryKey + dModel]. */
  readonly #caches: Float64Array[];
  /** Attention's output, shared by the layers. */
  readonly #attention: ops.AttentionOutput;
  #logits: Float64Array;
  #position = 0;
  #watch: Watch | null = null;
  #watched: AttentionRow | null = null;

  /** The sampler reads the parameters in `arena` as they are when it draws. */
  private constructor(
    model: ReferenceModel,
    arena: Float64Array,
    settings: SamplerSettings,
    enqueue: Enqueue,
  ) {
    const { contextLength, nLayer, nHead, dModel, dQueryKey, vocabSize } = model.config;
    const rows = settings.samples * contextLength;
    this.#model = model;
    this.#weights = viewWeights(model.config, model.layout, arena);
    this.#settings = settings;
    this.#enqueue = enqueue;
    this.#tokens = new Uint8Array(rows);
    this.#caches = Array.from({ length: nLayer }, () => new Float64Array(rows * (2 * dQueryKey + dModel)));
    this.#attention = { o: new Float64Array(rows * dModel), lse: new Float64Array(rows * nHead) };
    this.#logits = new Float64Array(settings.samples * vocabSize);
  }

  /** Reads the prompt into the cache. Throws an EngineError for a prompt that fills the context. */
  static async create(
    model: ReferenceModel,
    arena: Float64Array,
    settings: SamplerSettings,
    enqueue: Enqueue,
  ): Promise<ReferenceSampler> {
    const { contextLength } = model.config;
    const prompts = promptsOf(settings);
    const length = promptLength(settings);
    if (length >= contextLength) {
      throw new EngineError(
        'bad-config',
        `A prompt of ${length} bytes leaves no room in a context of ${contextLength}; shorten it to ${contextLength - 1} bytes.`,
      );
    }
    const sampler = new ReferenceSampler(model, arena, settings, enqueue);
    await enqueue(() => sampler.#advance(length, (sample, position) => prompts[sample]![position]!));
    return sampler;
  }

  get position(): number {
    return this.#position;
  }

  next(count: number): Promise<Uint8Array[]> {
    return this.#enqueue(async () => {
      const { contextLength, vocabSize } = this.#model.config;
      const start = this.#position;
      await this.#advance(Math.min(count, contextLength - start), (sample, position) => {
        const logits = this.#logits.subarray(sample * vocabSize, (sample + 1) * vocabSize);
        return drawByte(logits, this.#settings, drawUniform(this.#settings.seed, sample, position));
      });
      return Array.from({ length: this.#settings.samples }, (_, sample) =>
        this.#tokens.slice(sample * contextLength + start, sample * contextLength + this.#position),
      );
    });
  }

  logits(): Promise<Float32Array> {
    return this.#enqueue(() => Float32Array.from(this.#logits));
  }

  watch(watched: Watch | null): Promise<void> {
    return this.#enqueue(() => {
      const { nLayer, nHead } = this.#model.config;
      if (watched && (watched.layer >= nLayer || (watched.head !== 'mean' && watched.head >= nHead))) {
        throw new EngineError(
          'internal',
          `There is no layer ${watched.layer}, head ${watched.head} to watch.`,
        );
      }
      this.#watch = watched;
      this.#watched = null;
    });
  }

  watched(): Promise<AttentionRow | null> {
    return this.#enqueue(() => this.#watched);
  }

  destroy(): void {
    this.#caches.length = 0;
  }

  /** Runs the model over `count` positions, each followed by the byte that `choose` puts there. */
  async #advance(count: number, choose: (sample: number, position: number) => number): Promise<void> {
    const breathe = breather();
    for (let i = 0; i < count; i++) {
      checkDrawing(this.#settings);
      this.#logits = this.#forward(this.#position, i === count - 1 ? this.#watch : null);
      for (let sample = 0; sample < this.#settings.samples; sample++) {
        const row = sample * this.#model.config.contextLength + this.#position;
        this.#tokens[row] = choose(sample, this.#position);
      }
      this.#position++;
      await breathe();
    }
  }

  /** The logits [S, V] at `position`, whose earlier positions are in the caches; keeps the weights that are watched. */
  #forward(position: number, watch: Watch | null): Float64Array {
    const { config, layers, divisors } = this.#model;
    const { contextLength: T, dModel, dFF } = config;
    const { samples } = this.#settings;
    const shape = attentionShape(config, samples);
    let h: Float64Array = new Float64Array(samples * dModel);
    for (let sample = 0; sample < samples; sample++) {
      const row = ops.embedRow(this.#tokens, sample * T + position, this.#weights.embed, {
        T,
        dModel,
        divisors,
      });
      h.set(row, sample * dModel);
    }
    for (const [layer, block] of this.#weights.blocks.entries()) {
      const cache = this.#caches[layer]!;
      const qkv = linear(norm(h, block.norm1, LAYER_NORM_EPS).y, block.qkv, dModel);
      const width = qkv.length / samples;
      for (let sample = 0; sample < samples; sample++) {
        cache.set(qkv.subarray(sample * width, (sample + 1) * width), (sample * T + position) * width);
      }
      ops.attendAt(position, cache, shape, layers[layer]!, this.#attention);
      if (watch?.layer === layer) this.#watched = this.#rowOf(watch, position, cache);
      const o = new Float64Array(samples * dModel);
      for (let sample = 0; sample < samples; sample++) {
        const row = (sample * T + position) * dModel;
        o.set(this.#attention.o.subarray(row, row + dModel), sample * dModel);
      }
      h = ops.residualForward(h, linear(o, block.attentionOutput, dModel));
      const inner = linear(norm(h, block.norm2, LAYER_NORM_EPS).y, block.ffIn, dModel);
      h = ops.residualForward(h, linear(ops.geluForward(inner), block.ffOut, dFF));
    }
    return linear(norm(h, this.#weights.finalNorm, FINAL_NORM_EPS).y, this.#weights.output, dModel);
  }

  /** The weights of `position` in the layer that `cache` belongs to. */
  #rowOf({ layer, head, sample = 0 }: Watch, position: number, cache: Float64Array): AttentionRow {
    const { config, layers } = this.#model;
    const { contextLength: T, nHead } = config;
    const width = cache.length / (this.#settings.samples * T);
    const window = {
      qkv: cache.subarray(sample * T * width, (sample + 1) * T * width),
      lse: this.#attention.lse.subarray(sample * nHead * T, (sample + 1) * nHead * T),
    };
    const heads = head === 'mean' ? allHeads(config) : [head];
    const request = { layer, heads, queries: [position] };
    const rows = ops.attentionRows(window, attentionShape(config, 1), layers[layer]!, request);
    return head === 'mean' ? meanRow(rows) : rows[0]!;
  }
}
