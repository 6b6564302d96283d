// How many bits a model needs for each single byte: what it did not expect stands out.

import type { Engine } from '../model/engine.ts';
import { type ScoredWindow, scoredWindows, scoreWindows } from './evaluate.ts';

export interface SurpriseOptions {
  /** Bytes of an item that a window should begin with, such as a picture; 1 where bytes simply follow each other. */
  readonly itemBytes: number;
  /** Asked after each batch; true gives up. */
  readonly until?: () => boolean;
  /** Told after each batch: the share done, in (0, 1]. */
  readonly onProgress?: (share: number) => void;
}

/**
 * Windows that score each byte once. Items stand in a window as they do in training, from its beginning; bytes that
 * simply follow each other have half a context before them, but for the first ones.
 */
function windowsOf(sizeBytes: number, contextLength: number, itemBytes: number): ScoredWindow[] {
  if (itemBytes === 1 || itemBytes > contextLength) {
    return scoredWindows(sizeBytes, contextLength, Math.floor(contextLength / 2));
  }
  const stride = contextLength - (contextLength % itemBytes);
  return Array.from({ length: Math.ceil(sizeBytes / stride) }, (_, window) => {
    const start = window * stride;
    return { start, from: 0, to: Math.min(stride, sizeBytes - start) };
  });
}

/** Bits of each byte of `bytes` under the engine's model, given what stands before it; undefined when `until` gave up. */
export async function surprise(
  engine: Pick<Engine, 'config' | 'shape' | 'losses'>,
  bytes: Uint8Array,
  { itemBytes, until = () => false, onProgress }: SurpriseOptions,
): Promise<Float32Array<ArrayBuffer> | undefined> {
  const bits = new Float32Array(bytes.length);
  let scored = 0;
  for await (const { losses, share } of scoreWindows(
    engine,
    bytes,
    windowsOf(bytes.length, engine.config.contextLength, itemBytes),
  )) {
    if (until()) return undefined;
    for (const nats of losses) {
      for (const loss of nats) bits[scored++] = loss / Math.LN2;
    }
    onProgress?.(share);
  }
  return bits;
}
