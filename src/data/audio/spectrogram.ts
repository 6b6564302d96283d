// A sound as a picture: which frequencies it holds when. Time runs to the right and frequency upwards, from 0 to half the
// rate; what is louder is brighter.

import { fft } from '../../lib/fft.ts';
import type { Pixels } from '../image/pixels.ts';

/** Samples of which each spectrum is taken, and from one to the next: a twelfth of a second at 12,000 Hz, and a 47th. */
const WINDOW = 1024;
const HOP = 256;
/** Rows, one a frequency. */
const HEIGHT = WINDOW / 2;
const MAX_WIDTH = 2048;
/** What is so much quieter than the loudest is black. */
const DECIBELS = 80;

/** Rises and falls smoothly, so that a window's edges add no frequency of their own (Hann). */
const HANN = Float64Array.from(
  { length: WINDOW },
  (_, at) => 0.5 - 0.5 * Math.cos((2 * Math.PI * at) / WINDOW),
);

/** The picture, in grey, of samples in [-1, 1]; a column of a long sound shows the loudest of several spectra. */
export function spectrogramOf(samples: Float32Array): Pixels {
  const spectra = Math.max(1, Math.ceil(samples.length / HOP));
  const width = Math.min(MAX_WIDTH, spectra);
  const powers = new Float32Array(width * HEIGHT);
  for (let index = 0; index < spectra; index++) {
    const column = Math.floor((index * width) / spectra);
    const power = powerAround(samples, index * HOP);
    for (let k = 0; k < HEIGHT; k++) {
      const at = (HEIGHT - 1 - k) * width + column;
      powers[at] = Math.max(powers[at]!, power[k]!);
    }
  }
  return { width, height: HEIGHT, channels: 1, data: brightness(powers) };
}

/** The power of each frequency, [HEIGHT], in the window whose middle is a sample; there is silence outside the sound. */
function powerAround(samples: Float32Array, middle: number): Float64Array {
  const real = HANN.map((weight, at) => weight * (samples[middle - WINDOW / 2 + at] ?? 0));
  const imaginary = new Float64Array(WINDOW);
  fft(real, imaginary);
  return real.subarray(0, HEIGHT).map((r, k) => r * r + imaginary[k]! ** 2);
}

function brightness(powers: Float32Array): Uint8Array {
  const loudest = powers.reduce((most, power) => Math.max(most, power), 0);
  return Uint8Array.from(powers, (power) => {
    if (power === 0) return 0;
    const decibels = 10 * Math.log10(power / loudest);
    return Math.max(0, Math.round(255 * (1 + decibels / DECIBELS)));
  });
}
