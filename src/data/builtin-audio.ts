// Music that the page plays itself, so that a model can be trained without a file at hand: short tunes on plucked
// strings. Things worth learning at every distance: the ring of a string, its pitch, a beat, a key, a phrase that
// comes again.

import { hash4 } from '../lib/random.ts';
import { muLawOf } from './audio/mulaw.ts';
import { writeWav } from './audio/wav-write.ts';
import { Dice } from './dice.ts';

/** Of random numbers: the tunes' own. */
const STREAM = 0x50d;

export interface Note {
  /** Eighths from the start of the phrase, and how many it lasts. */
  readonly at: number;
  readonly length: number;
  /** Semitones above A at 440 Hz. */
  readonly pitch: number;
  readonly loudness: number;
}

const MAJOR = [0, 2, 4, 5, 7, 9, 11];
const MINOR = [0, 2, 3, 5, 7, 8, 10];
/** Eighths of a bar, as tunes divide it. */
const RHYTHMS = [
  [2, 2, 2, 2],
  [3, 1, 2, 2],
  [2, 1, 1, 4],
  [1, 1, 2, 1, 1, 2],
  [4, 2, 2],
];
const BAR = 8;
/** The bass under the bars of a phrase, as degrees of the scale. */
const BASSES = [
  [0, 3, 4, 0],
  [0, 5, 3, 4],
  [0, 4, 5, 3],
];
const PHRASE_BARS = 4;

/** The pitch of a degree of a scale, which goes on above the octave and below the key note. */
function pitchOf(key: number, scale: readonly number[], degree: number): number {
  const octave = Math.floor(degree / scale.length);
  return key + 12 * octave + scale[degree - octave * scale.length]!;
}

/** Four bars of melody over a bass: the melody walks, and comes home. */
function phrase(dice: Dice, key: number, scale: readonly number[], bass: readonly number[]): Note[] {
  const notes: Note[] = [];
  let degree = dice.of([0, 2, 4]);
  for (let bar = 0; bar < PHRASE_BARS; bar++) {
    const root = bass[bar]!;
    notes.push({ at: bar * BAR, length: BAR, pitch: pitchOf(key - 24, scale, root), loudness: 0.5 });
    notes.push({ at: bar * BAR + 4, length: 4, pitch: pitchOf(key - 24, scale, root + 4), loudness: 0.35 });
    let at = bar * BAR;
    for (const length of dice.of(RHYTHMS)) {
      const isLast = bar === PHRASE_BARS - 1 && at + length === (bar + 1) * BAR;
      degree = isLast ? 0 : Math.min(8, Math.max(-3, degree + dice.of([-2, -1, -1, 0, 1, 1, 2])));
      notes.push({ at, length, pitch: pitchOf(key, scale, degree), loudness: at % 4 === 0 ? 0.7 : 0.55 });
      at += length;
    }
  }
  return notes;
}

/**
 * Adds a plucked string (Karplus and Strong, "Digital Synthesis of Plucked-String and Drum Timbres", 1983): a loop
 * of noise as long as a period, smoothed on every round; an all-pass tunes what a whole number of samples leaves.
 */
export function pluck(samples: Float32Array, start: number, rateHz: number, note: Note, seed: number): void {
  const frequency = 440 * 2 ** (note.pitch / 12);
  const period = rateHz / frequency - 0.5;
  const loop = Math.max(2, Math.floor(period - 0.1));
  const rest = period - loop;
  const tuning = (1 - rest) / (1 + rest);
  const string = Float32Array.from(
    { length: loop },
    (_, i) => (hash4(seed, i, 0x9c, 0) / 2 ** 31 - 1) * note.loudness,
  );
  const loss = 0.5 ** (1 / (frequency * 0.8)); // Half as loud after 0.8 seconds.
  const length = Math.min(samples.length - start, Math.round(1.5 * rateHz));
  let before = 0;
  let input = 0;
  let output = 0;
  for (let i = 0; i < length; i++) {
    const sample = string[i % loop]!;
    const smooth = (loss * (sample + before)) / 2;
    before = sample;
    output = tuning * (smooth - output) + input;
    input = smooth;
    string[i % loop] = output;
    samples[start + i]! += 0.5 * sample;
  }
}

/** Tunes, one after another, as mu-law bytes: the same for the same seed. */
export function builtinAudio(seconds: number, rateHz: number, seed = 1): Uint8Array<ArrayBuffer> {
  const dice = new Dice(seed, STREAM);
  const samples = new Float32Array(Math.round(seconds * rateHz));
  let plucked = 0;
  for (let start = 0; start < samples.length; ) {
    const key = dice.below(12) - 7;
    const scale = dice.of([MAJOR, MINOR]);
    const bass = dice.of(BASSES);
    const eighth = rateHz * dice.of([0.14, 0.17, 0.2]);
    const a = phrase(dice, key, scale, bass);
    const b = phrase(dice, key, scale, bass);
    for (const notes of [a, a, b, a]) {
      for (const note of notes) {
        const at = start + Math.round(note.at * eighth);
        if (at < samples.length) pluck(samples, at, rateHz, note, hash4(seed, plucked++, 0x9d, 0));
      }
      start += Math.round(PHRASE_BARS * BAR * eighth);
    }
  }
  return muLawOf(samples);
}

export const BUILTIN_AUDIO_NAME = 'village-tunes.wav';

/** The tunes as the file they would be, had someone chosen it. */
export function builtinAudioFile(seconds = 120, rateHz = 12_000, seed = 1): File {
  const bytes = writeWav(builtinAudio(seconds, rateHz, seed), rateHz, 'muLaw');
  return new File([bytes], BUILTIN_AUDIO_NAME, { type: 'audio/wav' });
}
