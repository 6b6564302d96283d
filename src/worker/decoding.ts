// Decoders that only a browser has: pictures are decoded here, sound by the page, since a worker has no decoder for it.

import type { Pcm } from '../data/audio/sound.ts';
import type { Pixels } from '../data/image/pixels.ts';
import { Failure } from '../lib/errors.ts';
import type { EngineEvent, Result } from '../protocol/index.ts';

/** A picture as it is to be seen: turned as its EXIF data says, of an animation the first frame. */
export async function decodeImage(blob: Blob): Promise<Pixels> {
  const bitmap = await createImageBitmap(blob, { imageOrientation: 'from-image' });
  try {
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext('2d');
    if (!context) throw new Failure('bad-file', 'the browser has no room to decode it');
    context.drawImage(bitmap, 0, 0);
    return { width, height, channels: 4, data: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}

/** Sound that is on its way through the page. */
export class SoundDecoder {
  readonly #emit: (event: EngineEvent) => void;
  readonly #waiting = new Map<number, (decoded: Result<Pcm>) => void>();
  #asked = 0;

  constructor(emit: (event: EngineEvent) => void) {
    this.#emit = emit;
  }

  /** Asks the page. Throws a `Failure` with its reason. */
  async decode(blob: Blob): Promise<Pcm> {
    const id = ++this.#asked;
    const decoded = await new Promise<Result<Pcm>>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#emit({ type: 'sound', id, blob });
    });
    if (!decoded.ok) throw new Failure('bad-file', decoded.error.message);
    return decoded.value;
  }

  /** The page's answer. */
  answer(id: number, decoded: Result<Pcm>): void {
    this.#waiting.get(id)?.(decoded);
    this.#waiting.delete(id);
  }

  /** Nobody waits any longer. */
  abandon(): void {
    const error = { code: 'cancelled', message: 'Opening was stopped.' } as const;
    for (const id of [...this.#waiting.keys()]) this.answer(id, { ok: false, error });
  }
}
