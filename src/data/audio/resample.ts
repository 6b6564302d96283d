// Another sampling rate, by windowed-sinc interpolation: a low pass at the lower of both rates, in as many phases as
// there are places between two input samples where an output sample can fall. Kaiser's window holds what would alias,
// and what the low pass leaves, about 100 dB down.

import type { Sound } from './sound.ts';

/** Zero crossings of the sinc on each side: more make the low pass steeper. */
const CROSSINGS = 32;
/** Where the low pass is half way down, as a share of the lower rate's Nyquist frequency. */
const CUTOFF = 0.94;
const KAISER_BETA = 10;
/** Ratios that need more phases than this to a sample of the lower rate go between two of them. */
const MAX_PHASES = 1024;

interface Filter {
  /** Input samples on each side. */
  readonly half: number;
  readonly phases: number;
  /** [phases + 1, 2 half]: weights of the input samples around an output sample, for each place it can fall. */
  readonly weights: Float64Array;
}

/** The modified Bessel function of order 0, by its power series. */
function bessel0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let k = 1; term > 1e-12 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

const greatestCommonDivisor = (a: number, b: number): number =>
  b === 0 ? a : greatestCommonDivisor(b, a % b);

function makeFilter(inputHz: number, outputHz: number): Filter {
  const exact = outputHz / greatestCommonDivisor(inputHz, outputHz);
  const lower = Math.min(1, outputHz / inputHz);
  const phases = Math.min(exact, Math.ceil(MAX_PHASES * lower));
  // In cycles an input sample, twice.
  const cutoff = CUTOFF * lower;
  const half = Math.ceil(CROSSINGS / cutoff);
  const weights = new Float32Array((phases + 1) * 2 * half);
  for (let phase = 0; phase <= phases; phase++) {
    const row = weights.subarray(phase * 2 * half, (phase + 1) * 2 * half);
    let sum = 0;
    for (let tap = 0; tap < 2 * half; tap++) {
      const distance = tap - (half - 1) - phase / phases;
      const inside = Math.sqrt(Math.max(0, 1 - (distance / half) ** 2));
      const angle = Math.PI * cutoff * distance;
      row[tap] = (angle === 0 ? 1 : Math.sin(angle) / angle) * bessel0(KAISER_BETA * inside);
      sum += row[tap]!;
    }
    // Silence around a constant is the one error that everyone hears.
    for (let tap = 0; tap < 2 * half; tap++) row[tap]! /= sum;
  }
  return { half, phases, weights: new Float64Array(weights) };
}

// Of 64-bit numbers, because an engine that has to widen each of them takes three times as long.
const dot = (samples: Float64Array, at: number, weights: Float64Array, row: number, count: number) => {
  let sum = 0;
  for (let tap = 0; tap < count; tap++) sum += samples[at + tap]! * weights[row + tap]!;
  return sum;
};

/** Output samples in one piece. */
const PIECE = 2 ** 14;

/** The sound at another rate, in pieces of some thousand samples: round(length * rateHz / sound.rateHz) in all. */
export function* resample(
  sound: Sound,
  rateHz: number,
): Generator<Float32Array<ArrayBuffer>, void, undefined> {
  const length = Math.round((sound.length * rateHz) / sound.rateHz);
  const filter = sound.rateHz === rateHz ? undefined : makeFilter(sound.rateHz, rateHz);
  for (let start = 0; start < length; start += PIECE) {
    const count = Math.min(PIECE, length - start);
    yield filter ? piece(sound, rateHz, filter, start, count) : sound.read(start, count);
  }
}

function piece(
  sound: Sound,
  rateHz: number,
  { half, phases, weights }: Filter,
  start: number,
  count: number,
): Float32Array<ArrayBuffer> {
  // Places in the input are whole numbers of `rateHz`-th parts, so that a long sound does not drift.
  const placeOf = (index: number) => Math.floor((index * sound.rateHz) / rateHz);
  const first = placeOf(start) - (half - 1);
  const samples = new Float64Array(sound.read(first, placeOf(start + count - 1) - first + half + 1));
  const output = new Float32Array(count);
  const width = 2 * half;
  for (let i = 0; i < count; i++) {
    const index = start + i;
    const place = placeOf(index);
    const between = ((index * sound.rateHz - place * rateHz) * phases) / rateHz;
    const phase = Math.floor(between);
    const at = place - (half - 1) - first;
    const near = dot(samples, at, weights, phase * width, width);
    const share = between - phase;
    output[i] =
      share < 1e-9 ? near : near + share * (dot(samples, at, weights, (phase + 1) * width, width) - near);
  }
  return output;
}
