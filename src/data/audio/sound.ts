// Decoded sound, on its way from a file to a model: one channel, read stretch by stretch, so that an hour of it
// need not be held in 32-bit numbers.

import { Failure } from '../../lib/errors.ts';

/** Sound as a decoder gives it: one array of samples in [-1, 1] for each channel, all as long. */
export interface Pcm {
  readonly rateHz: number;
  readonly channels: readonly Float32Array[];
}

export interface Sound {
  readonly rateHz: number;
  /** Samples of its one channel. */
  readonly length: number;
  /** Samples [start, start + count) in [-1, 1], the mean of all channels; zeros outside of the sound. */
  read(start: number, count: number): Float32Array<ArrayBuffer>;
}

const LOWEST_RATE_HZ = 1000;
const HIGHEST_RATE_HZ = 768_000;
const MAX_CHANNELS = 64;

/** Throws a `Failure` 'bad-file' for sound that no one can have recorded. */
export function checkSound(rateHz: number, channels: number): void {
  if (!(channels >= 1 && channels <= MAX_CHANNELS)) {
    throw new Failure('bad-file', `the sound has ${channels} channels; 1 to ${MAX_CHANNELS} are read`);
  }
  if (!(rateHz >= LOWEST_RATE_HZ && rateHz <= HIGHEST_RATE_HZ)) {
    throw new Failure(
      'bad-file',
      `the sound has ${rateHz.toLocaleString('en')} samples a second; ` +
        `${LOWEST_RATE_HZ.toLocaleString('en')} to ${HIGHEST_RATE_HZ.toLocaleString('en')} are read`,
    );
  }
}

/** Longer sound, decoded by a browser all at once, would not fit into memory beside everything else; the page knows too. */
const MAX_DECODED_MINUTES = 15;
/** Of so many channels; of more channels, less. */
const USUAL_CHANNELS = 2;

/** Why a browser is not asked to decode a sound of this length, as a clause; undefined where it is. */
export function lengthProblem(seconds: number, channels = 1): string | undefined {
  const most = MAX_DECODED_MINUTES / Math.max(1, channels / USUAL_CHANNELS);
  if (seconds <= 60 * most) return undefined;
  const minutes = Math.round(seconds / 60).toLocaleString('en');
  const lasts =
    channels > USUAL_CHANNELS ? `${minutes} minutes, in ${channels} channels` : `${minutes} minutes`;
  return `it lasts ${lasts}, and at most ${Math.floor(most)} can be decoded at once; save it as WAV first, or open a part`;
}

/**
 * Sound whose sample `channel` of frame `frame` is `sampleAt(frame, channel)`. A sample that is no number is silent,
 * as players have it.
 */
export function mixed(
  {
    rateHz,
    channels,
    length,
  }: { readonly rateHz: number; readonly channels: number; readonly length: number },
  sampleAt: (frame: number, channel: number) => number,
): Sound {
  checkSound(rateHz, channels);
  const read = (start: number, count: number) => {
    const samples = new Float32Array(count);
    const end = Math.min(length, start + count);
    for (let frame = Math.max(0, start); frame < end; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++) sum += sampleAt(frame, channel);
      const mean = sum / channels;
      samples[frame - start] = Number.isFinite(mean) ? mean : 0;
    }
    return samples;
  };
  return { rateHz, length, read };
}

/** Sound that a decoder has given. Throws a `Failure` 'bad-file'. */
export function soundOf({ rateHz, channels }: Pcm): Sound {
  const length = Math.min(...channels.map((samples) => samples.length));
  return mixed({ rateHz, channels: channels.length, length }, (frame, channel) => channels[channel]![frame]!);
}
