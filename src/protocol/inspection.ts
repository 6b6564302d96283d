// What the page and the worker say to each other about looking into a model.

import type { AttentionMaps, AttentionRowsRequest, Span } from '../model/attention.ts';

/** What a model is looked into on. */
export type InspectInput =
  /** From 1 byte to as many as the model sees at once. */
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  /** Windows of the held-out data of the run, or of the open data: side by side, the first one counting as 0. */
  | { readonly kind: 'heldOut'; readonly window: number }
  /** The mean over so many held-out windows, spread evenly. */
  | { readonly kind: 'average'; readonly windows: number };

/** What a model does with an input, all heads together. */
export interface Inspection {
  /** The window that was looked at; of a mean, the first one. */
  readonly tokens: Uint8Array;
  /** Bits of surprise of each of its bytes; of a mean, at each of its positions. */
  readonly bits: Float32Array;
  readonly maps: AttentionMaps;
  /** Windows that the maps are the mean of. */
  readonly windows: number;
  /** Windows of held-out data at hand. */
  readonly heldOutWindows: number;
  /** The model's steps when it was looked into. */
  readonly step: number;
}

/** Rows of one layer's attention: of a mean, the mean over all of its windows. */
export interface RowsRequest extends Omit<AttentionRowsRequest, 'tokens'> {
  readonly input: InspectInput;
}

/** A part of one layer's attention, in as many cells as a picture can have. */
export interface MapRequest {
  readonly input: InspectInput;
  readonly layer: number;
  readonly cells: number;
  readonly queries: Span;
  readonly keys: Span;
}
