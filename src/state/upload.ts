// An item of the person's own on the Generate page: read as the model reads it, to be completed or measured.

import { type Medium, sameMedium } from '../data/medium.ts';
import type { WireError } from '../protocol/index.ts';

export type UploadSlice =
  | { readonly state: 'none' }
  | { readonly state: 'reading'; readonly name: string }
  | {
      readonly state: 'ready';
      readonly name: string;
      readonly bytes: Uint8Array;
      /** As which it was read. */
      readonly medium: Medium;
      /** Share of it that the samples begin with, from 0 to 1. */
      readonly keep: number;
    }
  | { readonly state: 'refused'; readonly name: string; readonly error: WireError };

export const initialUpload: UploadSlice = { state: 'none' };

/** Kept of a new upload: enough to recognise, with something left to add. */
export const FIRST_KEEP = 0.5;

/** Bytes of an item that a share of it means: whole rows of a picture, and always something left to add to it. */
export function keptBytes(sizeBytes: number, keep: number, medium: Medium): number {
  if (medium.kind !== 'image') return Math.round(keep * sizeBytes);
  const rowBytes = medium.width * medium.channels;
  const rows = Math.min(medium.height - 1, Math.round(keep * medium.height));
  return Math.min(sizeBytes, rows * rowBytes);
}

/** The part of the upload that samples begin with; null where there is none that this medium can read. */
export function uploadedPart(upload: UploadSlice, medium: Medium): Uint8Array | null {
  if (upload.state !== 'ready' || !sameMedium(upload.medium, medium)) return null;
  return upload.bytes.subarray(0, keptBytes(upload.bytes.length, upload.keep, medium));
}
