// Making one byte after another over a key/value cache, a matrix a dispatch. Shaders in shaders/decode.

import geluCode from '../../shaders/common/gelu.wgsl?raw';
import random from '../../shaders/common/random.wgsl?raw';
import attention from '../../shaders/decode/attention.wgsl?raw';
import draw from '../../shaders/decode/draw.wgsl?raw';
import embed from '../../shaders/decode/embed.wgsl?raw';
import geluEpilogue from '../../shaders/decode/epilogue/gelu.wgsl?raw';
import qkvEpilogue from '../../shaders/decode/epilogue/qkv.wgsl?raw';
import residualEpilogue from '../../shaders/decode/epilogue/residual.wgsl?raw';
import storeEpilogue from '../../shaders/decode/epilogue/store.wgsl?raw';
import linear from '../../shaders/decode/linear.wgsl?raw';
import nextShader from '../../shaders/decode/next.wgsl?raw';
import regions from '../../shaders/decode/regions.wgsl?raw';
import rowCode from '../../shaders/decode/row.wgsl?raw';
import segments from '../../shaders/decode/segments.wgsl?raw';
import tables from '../../shaders/decode/tables.wgsl?raw';
import weightsShader from '../../shaders/decode/weights.wgsl?raw';
import { type Constants, type Kernel, kernel } from '../gpu/kernel.ts';
import { floatLiteral } from './dropout.ts';
import { type EmbeddingOffsets, type EmbeddingShape, embeddingConstants } from './embedding.ts';

/** How a byte is made. Both are powers of two. */
export interface DecodeVariant {
  /** Of a workgroup: many for GPUs, few where a CPU has to step through every barrier. */
  readonly threads: number;
  /** Samples that share each reading of the weights: at most 16, and 4 where a matrix is a dispatch. */
  readonly batch: number;
  /** Two dispatches a layer (src/kernels/decode-fused.ts) instead of one for each matrix; null for the latter. */
  readonly fused: FusedDecode | null;
}

/** How the work of a layer is split over workgroups. */
export interface FusedDecode {
  /** Keys of a head that are worth a workgroup. */
  readonly chunk: number;
  /** Workgroups among which the attention is divided at most, unless there are more heads. */
  readonly attending: number;
  /** Inner features of the feed-forward that a workgroup computes: a power of two, at least 4. */
  readonly slice: number;
}

/** Files that tell a kernel of a layer's pattern and cache. */
export const tableFiles = [regions, segments, tables] as const;
/** Files that draw a byte, and go on to the next. */
export const drawFiles = [random, rowCode, draw] as const;

/** Constants of the draw and of the rows of `embedding`. B of its shape is S. */
export function drawConstants(shape: EmbeddingShape, offsets: EmbeddingOffsets): Constants {
  const { T, width, vocabSize, tables } = shape;
  return { VOCAB: vocabSize, T, WIDTH: width, ...embeddingConstants(tables, offsets) };
}

/** Where decoding begins. Bindings: parameters, state [S], tokens [S, T], x [S, width]. B of the shape is S. */
export function decodeEmbed(shape: EmbeddingShape, offsets: EmbeddingOffsets): Kernel {
  return kernel('decode/embed', [rowCode, embed], drawConstants(shape, offsets), [shape.B, 1, 1]);
}

export interface DecodeLinearShape {
  /** S: rows. */
  readonly samples: number;
  readonly dIn: number;
  readonly dOut: number;
  /** Epsilon of the layer norm before the product; null for none. */
  readonly normEps: number | null;
  /** Elements from the norm's gain to its bias. */
  readonly normStride: number;
}

export type DecodeEpilogue =
  | { readonly kind: 'store' | 'gelu' | 'residual' }
  | {
      readonly kind: 'qkv';
      readonly dQueryKey: number;
      readonly nHead: number;
      readonly slots: number;
      readonly regions: number;
    };

/** Bindings: input [S, dIn], norm (gain, and bias `normStride` further), weight, bias, and out [S, dOut], or query, cache, state, tables for `qkv`. */
export function decodeLinear(
  shape: DecodeLinearShape,
  epilogue: DecodeEpilogue,
  variant: DecodeVariant,
): Kernel {
  const { samples, dIn, dOut, normEps, normStride } = shape;
  const { threads } = variant;
  // Few columns a workgroup, so that the whole GPU reads the weights; at least 32 bytes of a row at a time.
  const quads = threads < 256 ? 8 : dOut >= 512 ? 4 : 2;
  const norm = { NORM: normEps !== null, NORM_STRIDE: normStride, EPS: floatLiteral(normEps ?? 1) };
  // The statistics of the samples are the components of a vector.
  const batch = Math.min(4, variant.batch, samples);
  const constants = {
    SAMPLES: samples,
    BATCH: batch,
    K: dIn,
    N: dOut,
    THREADS: threads,
    QUADS: quads,
    ...norm,
  };
  const grid = [Math.ceil(dOut / 4 / quads), Math.ceil(samples / batch), 1] as const;
  const name = `decode/linear/${epilogue.kind} ${dIn}x${dOut}`;
  switch (epilogue.kind) {
    case 'store':
      return kernel(name, [storeEpilogue, linear], constants, grid);
    case 'gelu':
      return kernel(name, [geluCode, geluEpilogue, linear], constants, grid);
    case 'residual':
      return kernel(name, [residualEpilogue, linear], constants, grid);
    case 'qkv': {
      const more = {
        D_QUERY: epilogue.dQueryKey,
        HEADS: epilogue.nHead,
        SLOTS: epilogue.slots,
        REGIONS: epilogue.regions,
      };
      return kernel(name, [...tableFiles, qkvEpilogue, linear], { ...constants, ...more }, grid);
    }
  }
}

export interface DecodeAttentionShape {
  readonly samples: number;
  readonly nHead: number;
  readonly dQK: number;
  readonly dV: number;
  /** Rows of the layer's cache, and the regions that they are in. */
  readonly slots: number;
  readonly regions: number;
}

/** What all kernels call the parts of the shape. */
export function cacheConstants({ nHead, dQK, dV, slots, regions }: DecodeAttentionShape): Constants {
  return { HEADS: nHead, D_QK: dQK, D_V: dV, SLOTS: slots, REGIONS: regions };
}

/** Bindings: query, cache, state, tables, attended [S, nHead * dV]. */
export function decodeAttention(shape: DecodeAttentionShape, variant: DecodeVariant): Kernel {
  const lanes = powerOfTwo(shape.dV / 4);
  const threads = Math.max(variant.threads, lanes);
  const constants = { ...cacheConstants(shape), THREADS: threads, LANES: lanes };
  const grid = [shape.nHead, shape.samples, 1] as const;
  return kernel('decode/attention', [...tableFiles, attention], constants, grid);
}

/** The least power of two that is not less. */
export function powerOfTwo(value: number): number {
  return 2 ** Math.ceil(Math.log2(value));
}

/** How the weights of a position are laid out: so many lists of keys for each head, so many keys in each. */
export interface WeightLists {
  readonly lists: number;
  readonly most: number;
}

/** Bindings: query, cache, state, tables, weights [S, nHead, lists, most]. */
export function decodeWeights(
  shape: DecodeAttentionShape,
  { lists, most }: WeightLists,
  { threads }: DecodeVariant,
): Kernel {
  const constants = { ...cacheConstants(shape), LISTS: lists, MOST: most, THREADS: threads };
  const grid = [shape.nHead, shape.samples, 1] as const;
  return kernel('decode/weights', [...tableFiles, weightsShader], constants, grid);
}

/** Draws, and goes on to the next byte. Bindings: parameters, state, logits [S, V], tokens, x, settings. */
export function decodeNext(shape: EmbeddingShape, offsets: EmbeddingOffsets): Kernel {
  const constants = drawConstants(shape, offsets);
  return kernel('decode/next', [...drawFiles, nextShader], constants, [shape.B, 1, 1]);
}
