// Keeps the attention weights with which a sampler makes a byte: one more dispatch beside a layer's attention, over the
// same cache, and a buffer that lives as long as somebody watches. The cache's rows become positions again through the
// segments, whose key rows stand in the order in which the kernel writes their weights.

import type { Gpu } from '../gpu/device.ts';
import { type Plan, PlanBuilder } from '../gpu/plan.ts';
import { decodeWeights, mostKeys, type WeightLists } from '../kernels/index.ts';
import {
  type AttentionRow,
  allHeads,
  keysAt,
  meanRow,
  type SeenKeys,
  segmentsOfHead,
  type Watch,
} from './attention.ts';
import { type HeadGroup, headGroups } from './config.ts';
import type { DecodedLayer, DecodedModel } from './decode-tensors.ts';
import { EngineError } from './engine.ts';

export class Watcher {
  /** Where the dispatch belongs among those of a byte. */
  readonly end: number;
  readonly #gpu: Gpu;
  readonly #nHead: number;
  readonly #groups: readonly HeadGroup[];
  readonly #lists: WeightLists;
  readonly #samples: number;
  readonly #weights: GPUBuffer;
  readonly #plan: Plan;
  #watched: Watch;
  /** The position whose weights the buffer holds. */
  #query: number | undefined;

  private constructor(
    gpu: Gpu,
    groups: readonly HeadGroup[],
    lists: WeightLists,
    layer: DecodedLayer,
    weights: GPUBuffer,
    plan: Plan,
    watched: Watch,
  ) {
    this.end = layer.end;
    this.#gpu = gpu;
    this.#nHead = layer.shape.nHead;
    this.#samples = layer.shape.samples;
    this.#groups = groups;
    this.#lists = lists;
    this.#weights = weights;
    this.#plan = plan;
    this.#watched = watched;
  }

  static async create(
    gpu: Gpu,
    { config, variants }: DecodedModel,
    layer: DecodedLayer,
    watched: Watch,
  ): Promise<Watcher> {
    const { samples, nHead } = layer.shape;
    check(watched, samples, nHead);
    const groups = headGroups(config, watched.layer);
    const segments = groups.map((group) => group.segments);
    const lists = {
      lists: Math.max(...segments.map(({ length }) => length)),
      most: Math.max(...segments.flat().map((segment) => mostKeys(segment, config.contextLength))),
    };
    const bytes = 4 * samples * nHead * lists.lists * lists.most;
    const weights = await gpu.guard(() => gpu.storage('decode.weights', bytes));
    try {
      const builder = new PlanBuilder(gpu);
      const kernel = decodeWeights(layer.shape, lists, variants.decode);
      builder.add(kernel, { ...layer.inputs, weights });
      return new Watcher(gpu, groups, lists, layer, weights, await builder.build(), watched);
    } catch (error) {
      gpu.release(weights);
      throw error;
    }
  }

  /** Turns to another head or sample of the same layer; false where the layer is another one. */
  watch(watched: Watch): boolean {
    if (watched.layer !== this.#watched.layer) return false;
    check(watched, this.#samples, this.#nHead);
    this.#watched = watched;
    return true;
  }

  /** Encodes the dispatch for the byte at `position`. */
  encode(pass: GPUComputePassEncoder, position: number): void {
    this.#plan.encode(pass);
    this.#query = position;
  }

  /** The weights of the last byte that was watched; null before the first. */
  async read(): Promise<AttentionRow | null> {
    const query = this.#query;
    if (query === undefined) return null;
    const { layer, head, sample = 0 } = this.#watched;
    const { lists, most } = this.#lists;
    const heads = head === 'mean' ? allHeads({ nHead: this.#nHead }) : [head];
    const perHead = lists * most;
    const first = (sample * this.#nHead + heads[0]!) * perHead;
    const words = await this.#gpu.read(this.#weights, 4 * heads.length * perHead, 4 * first);
    const rows = heads.map((each, index): AttentionRow => {
      const segments = segmentsOfHead(this.#groups, each).map((segment, list): SeenKeys => {
        const keys = keysAt(segment, each, query);
        const at = 4 * (index * perHead + list * most);
        return { factor: segment.factor, keys, weights: new Float32Array(words, at, keys.length).slice() };
      });
      return { layer, head: each, query, segments };
    });
    return head === 'mean' ? meanRow(rows) : rows[0]!;
  }

  release(): void {
    this.#gpu.release(this.#weights);
  }
}

function check({ head, sample = 0 }: Watch, samples: number, nHead: number): void {
  const inside = (value: number, count: number) => Number.isInteger(value) && value >= 0 && value < count;
  if (head !== 'mean' && !inside(head, nHead)) {
    throw new EngineError('internal', `There is no head ${head} to watch; the model has ${nHead}.`);
  }
  if (!inside(sample, samples)) throw new EngineError('internal', `There is no sample ${sample} to watch.`);
}
