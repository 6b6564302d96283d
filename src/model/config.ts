// The model and its training as JSON values: everything of sections 4 to 6 of the paper that can be chosen.

import type { Medium } from '../data/medium.ts';
import { type Factor, type HeadSegments, type PatternGeometry, segmentsOf } from '../patterns/index.ts';

/** Learned position tables added to the token embedding (paper section 5.3). */
export type PositionEmbedding =
  /** Row and column of the position in a matrix of width `stride`: for text and audio. */
  | { readonly kind: 'attention'; readonly stride: number }
  /** Row, column and channel of a pixel's byte, channel fastest: for images. */
  | { readonly kind: 'image'; readonly height: number; readonly width: number; readonly channels: number };

export interface AttentionConfig {
  /** The paper's l. */
  readonly stride: number;
  /** The paper's c. */
  readonly summaryCells: number;
  /** Distance between the keys of dilated attention; `USUAL_DILATION` where it is not given. */
  readonly dilation?: number | undefined;
  /**
   * Which factors attend where: layer r uses entry r mod length, its head h uses that entry's item
   * h mod length, and an item is a union of factors. So `[[['local']], [['column']]]` interleaves,
   * `[[['local', 'column']]]` merges, and `[[['local'], ['column']]]` gives each head its own.
   */
  readonly layers: readonly (readonly (readonly Factor[])[])[];
}

export interface ModelConfig {
  /** 256: models read and write bytes. */
  readonly vocabSize: number;
  readonly contextLength: number;
  readonly nLayer: number;
  readonly nHead: number;
  readonly dModel: number;
  /** Inner width of the feed-forward sub-block. */
  readonly dFF: number;
  /** Width of the query and key projections over all heads: dModel, or half of it. */
  readonly dQueryKey: number;
  /** Biases of the query/key/value, output and feed-forward projections. */
  readonly linearBias: boolean;
  readonly attention: AttentionConfig;
  readonly positions: PositionEmbedding;
  /** Standard deviation of the weights: `released` sqrt(0.125 / d_in), as the authors ran; `paper` 0.125 / sqrt(d_in), as printed. */
  readonly initialisation: 'released' | 'paper';
  /** Share of each sub-block's output dropped just before its residual addition. */
  readonly dropout: number;
}

/**
 * How a run computes: all in float32, or (paper section 5.6) activations, their gradients and a working copy of the
 * weights in float16, with float32 weights, sums and statistics.
 */
export type Precision = (typeof PRECISIONS)[number];
export const PRECISIONS = ['float32', 'mixed'] as const;

/** The longest run: as many steps as need not be counted, or a year. */
export const MAX_STEPS = 1e9;
export const MAX_MINUTES = 525_600;

/** What says who attends to whom. */
export type Attending = Pick<ModelConfig, 'contextLength' | 'nHead' | 'attention'>;

/** How a run trains: the optimiser and its schedule (paper section 6). */
export interface TrainingConfig {
  readonly steps: number;
  /** Ends after so many minutes of training, even before all steps; 0 for no limit. */
  readonly minutes: number;
  readonly seed: number;
  readonly microBatch: number;
  readonly accumulation: number;
  readonly recompute: boolean;
  readonly precision: Precision;
  readonly learningRate: number;
  readonly warmupSteps: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly eps: number;
  readonly weightDecay: number;
  readonly clipNorm: number;
  /** Evaluate on held-out data every so many steps. */
  readonly evaluateEvery: number;
  /** Draw a sample every so many steps; 0 for never. */
  readonly sampleEvery: number;
}

/** Characters of a name at most. */
export const MAX_NAME = 200;

export interface RunConfig {
  readonly name: string;
  /** What the bytes are that the model learns. */
  readonly medium: Medium;
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
}

export const LAYER_NORM_EPS = 1e-5;
export const FINAL_NORM_EPS = 1e-6;

/** A head's share of a layer: consecutive heads that use the same segments. */
export interface HeadGroup extends HeadSegments {
  readonly factors: readonly Factor[];
}

/** Widths of one head's query and key, and of its value. */
export function headWidths({ dQueryKey, dModel, nHead }: ModelConfig): {
  readonly dQK: number;
  readonly dV: number;
} {
  return { dQK: dQueryKey / nHead, dV: dModel / nHead };
}

/** The factors of one head of one layer. */
export function headFactors(attention: AttentionConfig, layer: number, head: number): readonly Factor[] {
  const heads = attention.layers[layer % attention.layers.length]!;
  return heads[head % heads.length]!;
}

/** The heads of a layer, grouped into runs that share their segments. */
export function headGroups(config: Attending, layer: number): readonly HeadGroup[] {
  const geometry: PatternGeometry = {
    stride: config.attention.stride,
    summaryCells: config.attention.summaryCells,
    nHead: config.nHead,
    dilation: config.attention.dilation,
  };
  const groups: HeadGroup[] = [];
  for (let head = 0; head < config.nHead; head++) {
    const factors = headFactors(config.attention, layer, head);
    const last = groups.at(-1);
    if (last && last.factors.join() === factors.join()) {
      groups[groups.length - 1] = { ...last, nHead: last.nHead + 1 };
    } else {
      const segments = segmentsOf(factors, geometry, config.contextLength);
      groups.push({ firstHead: head, nHead: 1, factors, segments });
    }
  }
  return groups;
}
