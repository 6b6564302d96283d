// Decodes sound for the worker, which has no decoder of its own.

import { lengthProblem } from '../data/audio/sound.ts';
import type { DecodedSound, Result } from '../protocol/index.ts';

/** Enough for every rate that a model reads. */
const RATE_HZ = 48_000;

/** The sound of a file in any format that this browser knows. Never rejects. */
export async function decodeSound(blob: Blob): Promise<Result<DecodedSound>> {
  const seconds = await secondsOf(blob);
  const problem = seconds === null ? undefined : lengthProblem(seconds);
  if (problem !== undefined) return refused(problem);
  try {
    const context = new OfflineAudioContext(1, 1, RATE_HZ);
    const buffer = await context.decodeAudioData(await blob.arrayBuffer());
    const channels = Array.from({ length: buffer.numberOfChannels }, (_, i) => buffer.getChannelData(i));
    return { ok: true, value: { rateHz: buffer.sampleRate, channels } };
  } catch {
    return refused(
      'the browser cannot decode its sound; it may be damaged, or of a kind that this browser does not know',
    );
  }
}

function refused(message: string): Result<never> {
  return { ok: false, error: { code: 'bad-file', message } };
}

/** How long a sound lasts, as its head says, before anything is decoded; null where it does not say. */
function secondsOf(blob: Blob): Promise<number | null> {
  const url = URL.createObjectURL(blob);
  const audio = new Audio();
  return new Promise<number | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), 5000);
    const end = (seconds: number | null) => {
      clearTimeout(timer);
      resolve(seconds);
    };
    audio.onloadedmetadata = () => end(Number.isFinite(audio.duration) ? audio.duration : null);
    audio.onerror = () => end(null);
    audio.preload = 'metadata';
    audio.src = url;
  }).finally(() => {
    audio.removeAttribute('src');
    URL.revokeObjectURL(url);
  });
}
