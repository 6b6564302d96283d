// Plays a sound through Web Audio, also while it grows. One sound plays at a time: another one stops the one before.

import { FADE_SECONDS, type Piece, type PlaybackState, Schedule } from './schedule.ts';

/** A sound as it is now. */
export interface Source {
  readonly rateHz: number;
  /** Samples from -1 to 1, and whether all have come. */
  read(): { readonly samples: Float32Array; readonly whole: boolean };
}

export type PlayerState = 'stopped' | PlaybackState | 'blocked';

const TICK_MS = 60;
/** Every browser's audio clock keeps this rate and higher ones; some keep lower ones. */
const SAFE_RATE_HZ = 8000;
/** Samples that an audio context computes at once: what is to change in time is planned for behind the next of them. */
const QUANTUM = 128;

let sounding: Player | null = null;

export class Player {
  readonly #source: Source;
  readonly #listeners = new Set<() => void>();
  #state: PlayerState = 'stopped';
  #output: Output | undefined;
  #schedule: Schedule | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  get state(): PlayerState {
    return this.#state;
  }

  /** The sample that is heard now; null where nothing plays. */
  get position(): number | null {
    if (!this.#output || !this.#schedule) return null;
    return this.#schedule.positionAt(this.#output.context.currentTime);
  }

  /** Begins at a sample. To be called from a press, or a browser keeps it silent: the state is then `blocked`. */
  play(from = 0): void {
    this.stop();
    sounding?.stop();
    sounding = this;
    const output = openOutput(this.#source.rateHz);
    this.#output = output;
    this.#schedule = new Schedule(this.#source.rateHz, from);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    void output.context.resume().then(() => this.#tick());
    this.#tick();
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#output) closeOutput(this.#output);
    this.#output = undefined;
    this.#schedule = undefined;
    if (sounding === this) sounding = null;
    this.#enter('stopped');
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tick(): void {
    const output = this.#output;
    const schedule = this.#schedule;
    if (!output || !schedule) return;
    const { context } = output;
    if (context.state !== 'running') {
      this.#enter('blocked');
      return;
    }
    const { samples, whole } = this.#source.read();
    for (const piece of schedule.plan(context.currentTime, samples.length, whole)) {
      start(output, samples, piece);
    }
    if (schedule.state === 'ended') this.stop();
    else this.#enter(schedule.state);
  }

  #enter(state: PlayerState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

interface Output {
  readonly context: AudioContext;
  /** Everything goes through it. */
  readonly gain: GainNode;
  /** Samples of the context for each of the sound's. */
  readonly factor: number;
}

/** A context of the sound's own rate, so that pieces join without being resampled one by one, or of a multiple of it. */
function openOutput(rateHz: number): Output {
  let factor = 1;
  let context: AudioContext;
  try {
    context = new AudioContext({ sampleRate: rateHz });
  } catch {
    factor = Math.ceil(SAFE_RATE_HZ / rateHz);
    context = new AudioContext({ sampleRate: factor * rateHz });
  }
  const gain = context.createGain();
  gain.connect(context.destination);
  return { context, gain, factor };
}

/** Fades what still sounds, and closes the context: a sound that breaks off would click. */
function closeOutput({ context, gain }: Output): void {
  const startSeconds = context.currentTime + (2 * QUANTUM) / context.sampleRate;
  gain.gain.setValueAtTime(1, startSeconds);
  gain.gain.linearRampToValueAtTime(0, startSeconds + FADE_SECONDS);
  setTimeout(() => void context.close(), 200);
}

function start(output: Output, samples: Float32Array, piece: Piece): void {
  const { context, gain: whole, factor } = output;
  const { from, to, atSeconds, fadeIn, fadeOut } = piece;
  const buffer = context.createBuffer(1, factor * (to - from), context.sampleRate);
  buffer.copyToChannel(stretched(samples, from, to, factor), 0);
  const gain = context.createGain();
  const endSeconds = atSeconds + buffer.duration;
  const fadeSeconds = Math.min(FADE_SECONDS, buffer.duration / 2);
  if (fadeIn) {
    // From now on: rounded, the first sample may come before the moment that is meant for it.
    gain.gain.setValueAtTime(0, context.currentTime);
    gain.gain.setValueAtTime(0, atSeconds);
    gain.gain.linearRampToValueAtTime(1, atSeconds + fadeSeconds);
  }
  if (fadeOut) {
    gain.gain.setValueAtTime(1, endSeconds - fadeSeconds);
    gain.gain.linearRampToValueAtTime(0, endSeconds);
  }
  const node = context.createBufferSource();
  node.buffer = buffer;
  node.connect(gain).connect(whole);
  node.start(atSeconds);
}

/** Samples [from, to), and between each and the next `factor` - 1 more on a line. */
function stretched(
  samples: Float32Array,
  from: number,
  to: number,
  factor: number,
): Float32Array<ArrayBuffer> {
  const longer = new Float32Array(samples.subarray(from, to).length * factor);
  for (let i = 0; i < longer.length; i++) {
    const at = from + Math.floor(i / factor);
    const sample = samples[at] ?? 0;
    // The next piece begins where this one leads to.
    const next = samples[at + 1] ?? sample;
    longer[i] = sample + ((next - sample) * (i % factor)) / factor;
  }
  return longer;
}
