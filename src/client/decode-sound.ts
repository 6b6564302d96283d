// Decodes sound for the worker, which has no decoder of its own.

import type { DecodedSound, Result } from '../protocol/index.ts';

/** Longer sound would not fit into memory beside everything else. */
const MAX_MINUTES = 15;
/** Of what does not say how long it lasts, as a recording of a browser: so much at its usual rate. */
const MAX_UNKNOWN_BYTES = 16 * 2 ** 20;
/** Enough for every rate that a model reads. */
const RATE_HZ = 48_000;

/** The sound of a file in any format that this browser knows. Never rejects. */
export async function decodeSound(blob: Blob): Promise<Result<DecodedSound>> {
  const seconds = await secondsOf(blob);
  if (seconds !== null && seconds > 60 * MAX_MINUTES) {
    return refused(
      `it lasts ${Math.round(seconds / 60)} minutes, and at most ${MAX_MINUTES} can be decoded at once; save it as WAV first, or open a part`,
    );
  }
  if (seconds === null && blob.size > MAX_UNKNOWN_BYTES) {
    return refused(
      `it does not say how long it lasts, and of such files at most ${MAX_UNKNOWN_BYTES / 2 ** 20} MiB can be decoded; save it as WAV first, or open a part`,
    );
  }
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
