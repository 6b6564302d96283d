// Any number of whole pictures from a model: a window is one picture, so each fills its context exactly.

import { joined } from '../data/bytes.ts';
import { hash4 } from '../lib/random.ts';
import type { Engine } from '../model/engine.ts';
import { type GenerateSettings, generate } from './generate.ts';

export interface PictureSettings extends Omit<GenerateSettings, 'length' | 'watcher'> {
  /** Told now and then: the share of all bytes that is drawn, in (0, 1]. */
  readonly onProgress?: (share: number) => void;
}

/** Pictures that are drawn side by side. */
const TOGETHER = 16;

/** `samples` pictures of contextLength bytes that all begin with the prompt: [samples][contextLength]. */
export async function generatePictures(
  engine: Pick<Engine, 'config' | 'createSampler'>,
  { samples, onProgress, ...settings }: PictureSettings,
): Promise<Uint8Array[]> {
  const length = engine.config.contextLength - settings.prompt.length;
  const pictures: Uint8Array[] = [];
  for (let batch = 0; pictures.length < samples; batch++) {
    const count = Math.min(TOGETHER, samples - pictures.length);
    // A sampler numbers its draws by picture and place: each batch needs its own seed.
    const seed = batch === 0 ? settings.seed : hash4(settings.seed, 0x91c7, batch, 0);
    const pieces = Array.from({ length: count }, () => [settings.prompt]);
    let drawn = 0;
    for await (const each of generate(engine, { ...settings, seed, samples: count, length })) {
      for (const [index, piece] of each.entries()) pieces[index]?.push(piece);
      drawn += each[0]?.length ?? 0;
      onProgress?.((pictures.length + (count * drawn) / length) / samples);
    }
    pictures.push(...pieces.map(joined));
  }
  return pictures;
}
