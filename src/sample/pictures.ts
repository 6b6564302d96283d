// Whole pictures from a model: a window is one picture, so each fills its context exactly.

import { breather } from '../lib/breathe.ts';
import { hash4 } from '../lib/random.ts';
import type { Engine, SamplerSettings } from '../model/engine.ts';

export interface PictureSettings extends Omit<SamplerSettings, 'prompt'> {
  /** What every picture begins with. */
  readonly prompt: Uint8Array;
  /** Told now and then: the share of all bytes that is drawn, in (0, 1]. */
  readonly onProgress?: (share: number) => void;
  /** Asked between pieces; true gives up, with what is drawn so far. */
  readonly until?: () => boolean;
}

/** Pictures that are drawn side by side. */
const TOGETHER = 16;
const PIECE = 64;

/** `samples` pictures of contextLength bytes that all begin with the prompt: [samples][contextLength]. */
export async function generatePictures(
  engine: Pick<Engine, 'config' | 'createSampler'>,
  { samples, onProgress, until = () => false, ...settings }: PictureSettings,
): Promise<Uint8Array[]> {
  const { contextLength } = engine.config;
  const breathe = breather();
  const pictures: Uint8Array[] = [];
  for (let batch = 0; pictures.length < samples && !until(); batch++) {
    const count = Math.min(TOGETHER, samples - pictures.length);
    // A sampler numbers its draws by picture and place: each batch needs its own seed.
    const seed = batch === 0 ? settings.seed : hash4(settings.seed, 0x91c7, batch, 0);
    const sampler = await engine.createSampler({ ...settings, seed, samples: count });
    try {
      const drawn = Array.from({ length: count }, () => new Uint8Array(contextLength));
      for (const picture of drawn) picture.set(settings.prompt);
      while (sampler.position < contextLength && !until()) {
        const at = sampler.position;
        const pieces = await sampler.next(PIECE);
        for (const [index, piece] of pieces.entries()) drawn[index]!.set(piece, at);
        onProgress?.((pictures.length + (count * sampler.position) / contextLength) / samples);
        await breathe();
      }
      pictures.push(...drawn);
    } finally {
      sampler.destroy();
    }
  }
  return pictures;
}
