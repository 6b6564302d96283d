// Making one byte after another over a key/value cache. Shaders in shaders/decode.

import geluCode from '../../shaders/common/gelu.wgsl?raw';
import random from '../../shaders/common/random.wgsl?raw';
import advanceShader from '../../shaders/decode/advance.wgsl?raw';
import attention from '../../shaders/decode/attention.wgsl?raw';
import drawShader from '../../shaders/decode/draw.wgsl?raw';
import embed from '../../shaders/decode/embed.wgsl?raw';
import geluEpilogue from '../../shaders/decode/epilogue/gelu.wgsl?raw';
import qkvEpilogue from '../../shaders/decode/epilogue/qkv.wgsl?raw';
import residualEpilogue from '../../shaders/decode/epilogue/residual.wgsl?raw';
import storeEpilogue from '../../shaders/decode/epilogue/store.wgsl?raw';
import linear from '../../shaders/decode/linear.wgsl?raw';
import regions from '../../shaders/decode/regions.wgsl?raw';
import segments from '../../shaders/decode/segments.wgsl?raw';
import weightsShader from '../../shaders/decode/weights.wgsl?raw';
import { type Kernel, kernel } from '../gpu/kernel.ts';
import { floatLiteral } from './dropout.ts';
import { type EmbeddingOffsets, type EmbeddingShape, embeddingConstants } from './embedding.ts';

/** Bindings: state, tokens [S, T], parameters, x [S, width]. B of the shape is S. */
export function decodeEmbed(shape: EmbeddingShape, offsets: EmbeddingOffsets): Kernel {
  const constants = { T: shape.T, WIDTH: shape.width, ...embeddingConstants(shape.tables, offsets) };
  return kernel('decode/embed', [embed], constants, [shape.B, 1, 1]);
}

/** Workgroups of many threads for GPUs, of few where a CPU has to step through every barrier. */
export interface DecodeVariant {
  readonly threads: 256 | 32;
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
  | { readonly kind: 'qkv'; readonly dQueryKey: number; readonly slots: number; readonly regions: number };

/** Bindings: input [S, dIn], norm (gain, and bias `normStride` further), weight, bias, and out [S, dOut], or query, cache, state, regions for `qkv`. */
export function decodeLinear(
  shape: DecodeLinearShape,
  epilogue: DecodeEpilogue,
  { threads }: DecodeVariant,
): Kernel {
  const { samples, dIn, dOut, normEps, normStride } = shape;
  // Few columns a workgroup, so that the whole GPU reads the weights; at least 32 bytes of a row at a time.
  const quads = threads < 256 ? 8 : dOut >= 512 ? 4 : 2;
  const norm = { NORM: normEps !== null, NORM_STRIDE: normStride, EPS: floatLiteral(normEps ?? 1) };
  const batch = Math.min(4, samples);
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
      const more = { D_QUERY: epilogue.dQueryKey, SLOTS: epilogue.slots, REGIONS: epilogue.regions };
      return kernel(name, [regions, qkvEpilogue, linear], { ...constants, ...more }, grid);
    }
  }
}

export interface DecodeAttentionShape {
  readonly samples: number;
  readonly nHead: number;
  readonly dQK: number;
  readonly dV: number;
  readonly slots: number;
}

/** Bindings: query, cache, state, segments, headSegments, attended [S, nHead * dV]. */
export function decodeAttention(
  { samples, nHead, dQK, dV, slots }: DecodeAttentionShape,
  variant: DecodeVariant,
): Kernel {
  const lanes = 2 ** Math.ceil(Math.log2(dV / 4));
  const threads = Math.max(variant.threads, lanes);
  const constants = { HEADS: nHead, D_QK: dQK, D_V: dV, SLOTS: slots, THREADS: threads, LANES: lanes };
  return kernel('decode/attention', [regions, segments, attention], constants, [nHead, samples, 1]);
}

/** How the weights of a position are laid out: so many lists of keys for each head, so many keys in each. */
export interface WeightLists {
  readonly lists: number;
  readonly most: number;
}

/** Bindings: query, cache, state, segments, headSegments, weights [S, nHead, lists, most]. */
export function decodeWeights(
  { samples, nHead, dQK, dV, slots }: DecodeAttentionShape,
  { lists, most }: WeightLists,
  { threads }: DecodeVariant,
): Kernel {
  const constants = { HEADS: nHead, D_QK: dQK, D_V: dV, SLOTS: slots, LISTS: lists, MOST: most };
  const files = [regions, segments, weightsShader];
  return kernel('decode/weights', files, { ...constants, THREADS: threads }, [nHead, samples, 1]);
}

/** Bindings: state, logits [S, V], tokens, settings. */
export function decodeDraw(samples: number, vocabSize: number, T: number): Kernel {
  return kernel('decode/draw', [random, drawShader], { VOCAB: vocabSize, T }, [samples, 1, 1]);
}

/** Bindings: state. */
export function decodeAdvance(): Kernel {
  return kernel('decode/advance', [advanceShader], {}, [1, 1, 1]);
}
