// The surprise of what is shown on the Generate page: the bits that the model needs for each byte of each sample.

import type { EngineEvent, WireError } from '../protocol/index.ts';

export type SurpriseSlice =
  | { readonly state: 'none' }
  /** `writing` is the id of what is measured; `share` of all its samples is done. */
  | {
      readonly state: 'measuring';
      readonly writing: number;
      readonly samples: number;
      readonly bits: readonly Float32Array[];
      readonly share: number;
    }
  | { readonly state: 'measured'; readonly writing: number; readonly bits: readonly Float32Array[] }
  | { readonly state: 'stopped'; readonly writing: number }
  | { readonly state: 'failed'; readonly writing: number; readonly error: WireError };

export const initialSurprise: SurpriseSlice = { state: 'none' };

export function beginMeasuring(writing: number, samples: number): SurpriseSlice {
  return { state: 'measuring', writing, samples, bits: [], share: 0 };
}

/** The bits of the next sample have come. */
export function withBits(slice: SurpriseSlice, writing: number, next: Float32Array): SurpriseSlice {
  if (slice.state !== 'measuring' || slice.writing !== writing) return slice;
  const bits = [...slice.bits, next];
  return bits.length < slice.samples
    ? { ...slice, bits, share: bits.length / slice.samples }
    : { state: 'measured', writing, bits };
}

/** It could not be measured, or was stopped. */
export function failMeasuring(slice: SurpriseSlice, writing: number, error: WireError): SurpriseSlice {
  if (slice.state !== 'measuring' || slice.writing !== writing) return slice;
  return error.code === 'cancelled' ? { state: 'stopped', writing } : { state: 'failed', writing, error };
}

export function surpriseOnEvent(slice: SurpriseSlice, event: EngineEvent): SurpriseSlice {
  if (event.type !== 'surprise' || slice.state !== 'measuring') return slice;
  return { ...slice, share: (slice.bits.length + event.share) / slice.samples };
}

/** The bits of what is shown, sample by sample, where they are known; undefined for a sample that is not measured. */
export function bitsOf(slice: SurpriseSlice, writing: number): readonly Float32Array[] {
  if (slice.state !== 'measuring' && slice.state !== 'measured') return [];
  return slice.writing === writing ? slice.bits : [];
}

export function meanBits(bits: readonly Float32Array[]): number | null {
  const count = bits.reduce((sum, { length }) => sum + length, 0);
  if (count === 0) return null;
  return bits.reduce((sum, each) => each.reduce((total, bit) => total + bit, sum), 0) / count;
}
