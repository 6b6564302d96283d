// A byte in two dispatches a layer and one more. Where models are narrow, what a dispatch costs before it computes
// anything is most of a byte's time; so workgroups rather repeat a little of each other's work.

import geluCode from '../../shaders/common/gelu.wgsl?raw';
import attend from '../../shaders/decode/attend.wgsl?raw';
import feed from '../../shaders/decode/feed.wgsl?raw';
import finish from '../../shaders/decode/finish.wgsl?raw';
import gather from '../../shaders/decode/gather.wgsl?raw';
import norm from '../../shaders/decode/norm.wgsl?raw';
import { type Kernel, kernel } from '../gpu/kernel.ts';
import {
  cacheConstants,
  type DecodeAttentionShape,
  type DecodeVariant,
  drawConstants,
  drawFiles,
  type FusedDecode,
  powerOfTwo,
  tableFiles,
} from './decode.ts';
import { floatLiteral } from './dropout.ts';
import type { EmbeddingOffsets, EmbeddingShape } from './embedding.ts';

/** A variant whose layers are fused. */
export type FusedVariant = DecodeVariant & { readonly fused: FusedDecode };

/** Elements before a layer norm's gain and bias in the parameters that a kernel is given, and its epsilon. */
export interface NormPlace {
  readonly gain: number;
  readonly bias: number;
  readonly eps: number;
}

/** A product in the parameters of a block: elements before its weight and its bias; null where it has none. */
export interface LinearPlace {
  readonly weight: number;
  readonly bias: number | null;
}

export interface DecodeAttendShape extends DecodeAttentionShape {
  /** Rows that make up the residual stream. */
  readonly addends: number;
  /** Parts that the keys of a head are divided into. */
  readonly parts: number;
  readonly norm: NormPlace;
  readonly qkv: LinearPlace;
  readonly output: LinearPlace;
}

/** How many parts the keys of a head are divided into, of which a position sees `mostKeys`. */
export function attendingParts(
  { samples, nHead, dV }: Pick<DecodeAttendShape, 'samples' | 'nHead' | 'dV'>,
  mostKeys: number,
  { chunk, attending }: FusedDecode,
): number {
  // The new key and value count as much as so many keys as the model is wide.
  const worth = Math.ceil((mostKeys + nHead * dV) / chunk);
  return Math.max(1, Math.min(worth, Math.floor(attending / (nHead * samples))));
}

/** Vec4s of what the parts of all heads leave for `decodeFeed`. */
export function mixedVectors(samples: number, nHead: number, parts: number, width: number): number {
  return samples * ((nHead * parts + 1) * (width / 4) + nHead * parts);
}

/** The workgroup memory that the kernels of a layer take at most, in bytes. */
export function fusedStorageBytes(
  shape: Pick<DecodeAttendShape, 'samples' | 'nHead' | 'dQK' | 'dV'> & { readonly mostKeys: number },
  { threads, batch, fused }: FusedVariant,
): number {
  const { samples, nHead, dQK, dV, mostKeys } = shape;
  const rows = batchOf(samples, batch);
  const norms = (count: number) => 4 * nHead * dV * (count + 2) + 8 * 16 * count;
  const attend = norms(1) + threads * (16 + 8 + 8) + 4 * (2 * dQK + 2 * dV);
  const weights = nHead * attendingParts(shape, mostKeys, fused) + 1;
  const feed = norms(rows) + threads * 16 + rows * 4 * (weights + fused.slice);
  // Arrays begin at multiples of sixteen bytes.
  return Math.max(attend, feed) + 64;
}

function batchOf(samples: number, batch: number): number {
  return Math.min(batch, powerOfTwo(samples));
}

const normConstants = ({ gain, bias, eps }: NormPlace) => ({
  GAIN: gain,
  SHIFT: bias,
  EPS: floatLiteral(eps),
});

/** Bindings: state [S], matrices and vectors of the block, tables, addends [S, addends, width], query, cache, mixed. */
export function decodeAttend(shape: DecodeAttendShape, { threads }: FusedVariant): Kernel {
  const { samples, nHead, dQK, dV, addends, parts, qkv, output } = shape;
  const width = nHead * dV;
  const constants = {
    ...cacheConstants(shape),
    ...normConstants(shape.norm),
    SAMPLES: samples,
    WIDTH: width,
    ADDENDS: addends,
    PARTS: parts,
    BATCH: 1,
    THREADS: threads,
    LANES: Math.max(4, powerOfTwo(Math.max(dQK, dV) / 4)),
    WIDE_LANES: powerOfTwo(width / 4),
    BIAS: qkv.bias !== null,
    QKV: qkv.weight,
    QKV_BIAS: qkv.bias ?? 0,
    OUT: output.weight,
  };
  const files = [...tableFiles, norm, gather, attend];
  return kernel(`decode/attend of ${addends}`, files, constants, [parts, nHead, samples]);
}

export interface DecodeFeedShape {
  readonly samples: number;
  readonly width: number;
  readonly dFF: number;
  readonly nHead: number;
  readonly parts: number;
  readonly norm: NormPlace;
  readonly output: LinearPlace;
  readonly ffIn: LinearPlace;
  readonly ffOut: LinearPlace;
}

/** Rows that `decodeFeed` leaves, which make up the residual stream. */
export function feedAddends(dFF: number, { fused }: FusedVariant): number {
  return Math.ceil(dFF / fused.slice) + 1;
}

/** Bindings: matrices and vectors of the block, mixed, addends [S, feedAddends, width]. */
export function decodeFeed(shape: DecodeFeedShape, variant: FusedVariant): Kernel {
  const { samples, width, dFF, nHead, parts, output, ffIn, ffOut } = shape;
  const { threads, fused } = variant;
  const batch = batchOf(samples, variant.batch);
  const constants = {
    ...normConstants(shape.norm),
    SAMPLES: samples,
    WIDTH: width,
    FF: dFF,
    HEADS: nHead,
    PARTS: parts,
    BATCH: batch,
    THREADS: threads,
    SLICE: fused.slice,
    WIDE_LANES: powerOfTwo(width / 4),
    NARROW_LANES: fused.slice / 4,
    BIAS: output.bias !== null,
    OUT_BIAS: output.bias ?? 0,
    FF_IN: ffIn.weight,
    FF_IN_BIAS: ffIn.bias ?? 0,
    FF_OUT: ffOut.weight,
    FF_OUT_BIAS: ffOut.bias ?? 0,
  };
  const grid = [Math.ceil(dFF / fused.slice), Math.ceil(samples / batch), 1] as const;
  return kernel('decode/feed', [geluCode, norm, feed], constants, grid);
}

/**
 * Logits, draw, and the next byte's row. Bindings: parameters, state, logits [S, V], tokens, x, settings; matrices (of the
 * output), vectors (of the norm), addends. B of the shape is S.
 */
export function decodeFinish(
  shape: EmbeddingShape,
  offsets: EmbeddingOffsets,
  addends: number,
  place: NormPlace,
): Kernel {
  const constants = {
    ...drawConstants(shape, offsets),
    ...normConstants(place),
    ADDENDS: addends,
    BATCH: 1,
    THREADS: 256,
    WIDE_LANES: powerOfTwo(shape.width / 4),
    LOGIT_LANES: powerOfTwo(shape.vocabSize / 4),
  };
  return kernel('decode/finish', [...drawFiles, norm, gather, finish], constants, [shape.B, 1, 1]);
}
