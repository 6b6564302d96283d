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

let sounding: Player | null = null;

export class Player {
  readonly #source: Source;
  readonly #listeners = new Set<() => void>();
  #state: PlayerState = 'stopped';
  #context: AudioContext | undefined;
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
    if (!this.#context || !this.#schedule) return null;
    return this.#schedule.positionAt(this.#context.currentTime);
  }

  /** Begins at a sample. To be called from a press, or a browser keeps it silent: the state is then `blocked`. */
  play(from = 0): void {
    this.stop();
    sounding?.stop();
    sounding = this;
    const context = openContext(this.#source.rateHz);
    this.#context = context;
    this.#schedule = new Schedule(this.#source.rateHz, from);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    void context.resume().then(() => this.#tick());
    this.#tick();
  }

  stop(): void {
    clearInterval(this.#timer);
    void this.#context?.close();
    this.#context = undefined;
    this.#schedule = undefined;
    if (sounding === this) sounding = null;
    this.#enter('stopped');
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #tick(): void {
    const context = this.#context;
    const schedule = this.#schedule;
    if (!context || !schedule) return;
    if (context.state !== 'running') {
      this.#enter('blocked');
      return;
    }
    const { samples, whole } = this.#source.read();
    for (const piece of schedule.plan(context.currentTime, samples.length, whole)) {
      start(context, samples, piece, this.#source.rateHz);
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

/** A context of the sound's own rate, so that pieces join without being resampled one by one. */
function openContext(rateHz: number): AudioContext {
  try {
    return new AudioContext({ sampleRate: rateHz });
  } catch {
    return new AudioContext();
  }
}

function start(
  context: AudioContext,
  samples: Float32Array,
  { from, to, atSeconds, fadeIn, fadeOut }: Piece,
  rateHz: number,
): void {
  const buffer = context.createBuffer(1, to - from, rateHz);
  buffer.getChannelData(0).set(samples.subarray(from, to));
  const gain = context.createGain();
  const endSeconds = atSeconds + buffer.duration;
  const fadeSeconds = Math.min(FADE_SECONDS, buffer.duration / 2);
  if (fadeIn) {
    gain.gain.setValueAtTime(0, atSeconds);
    gain.gain.linearRampToValueAtTime(1, atSeconds + fadeSeconds);
  }
  if (fadeOut) {
    gain.gain.setValueAtTime(1, endSeconds - fadeSeconds);
    gain.gain.linearRampToValueAtTime(0, endSeconds);
  }
  const node = context.createBufferSource();
  node.buffer = buffer;
  node.connect(gain).connect(context.destination);
  node.start(atSeconds);
}
