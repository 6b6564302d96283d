// Hears what the page plays: all that reaches the destination of an audio context, sample by sample, on the context's own
// clock; and judges it against what should be heard.
import { expect, type Page } from '@playwright/test';

export interface Heard {
  readonly rateHz: number;
  readonly samples: Float32Array;
}

const recorder = `registerProcessor('recorder', class extends AudioWorkletProcessor {
  process([input]) {
    this.port.postMessage(input[0] ? input[0].slice() : new Float32Array(128));
    return true;
  }
});`;

declare global {
  interface Window {
    /** One for each audio context: what came out of it. */
    recordings: { rateHz: number; blocks: Float32Array[] }[];
  }
}

/**
 * From now on, everything that is played is recorded. To be called before the page is opened, whose policy has to be left
 * out: it lets no script in but the site's.
 */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript((source) => {
    window.recordings = [];
    const Original = AudioContext;
    window.AudioContext = class extends Original {
      readonly #tap: GainNode;
      readonly #ready: Promise<void>;

      constructor(options?: AudioContextOptions) {
        super(options);
        this.#tap = new GainNode(this);
        this.#tap.connect(super.destination);
        const recording = { rateHz: this.sampleRate, blocks: [] as Float32Array[] };
        window.recordings.push(recording);
        // Its clock stands still until the recorder runs: nothing is missed.
        void super.suspend();
        const module = new Blob([source], { type: 'text/javascript' });
        this.#ready = this.audioWorklet.addModule(URL.createObjectURL(module)).then(() => {
          const node = new AudioWorkletNode(this, 'recorder', { numberOfOutputs: 0, channelCount: 1 });
          node.port.onmessage = ({ data }: MessageEvent<Float32Array>) => recording.blocks.push(data);
          this.#tap.connect(node);
        });
      }

      override get destination(): AudioDestinationNode {
        return (this.#tap as AudioNode as AudioDestinationNode | undefined) ?? super.destination;
      }

      override async resume(): Promise<void> {
        await this.#ready;
        await super.resume();
      }
    };
  }, recorder);
}

/** What was heard from the context that was opened last. */
export async function heard(page: Page): Promise<Heard> {
  const { rateHz, base64 } = await page.evaluate(async () => {
    const { rateHz, blocks } = window.recordings.at(-1) ?? { rateHz: 0, blocks: [] };
    const bytes = await new Blob(blocks.map((block) => block.slice())).arrayBuffer();
    const letters = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte));
    return { rateHz, base64: btoa(letters.join('')) };
  });
  const bytes = Buffer.from(base64, 'base64');
  const samples = new Float32Array(new Uint8Array(bytes).buffer);
  return { rateHz, samples };
}

/** The largest step from one sample to the next. */
export function largestStep(samples: Float32Array): number {
  let largest = 0;
  for (let i = 1; i < samples.length; i++) {
    largest = Math.max(largest, Math.abs((samples[i] ?? 0) - (samples[i - 1] ?? 0)));
  }
  return largest;
}

/** Samples over which a sound may be faded in or out. */
export const fadeSamples = (rateHz: number) => Math.ceil(0.005 * rateHz) + 2;

/** A stretch of a source that was heard without a gap: its samples [from, to) at places `shift` later. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

const ALIKE = 1e-4;
/** Samples that tell a place in a sound from any other. */
const TELLING = 400;

/**
 * The stretches of `source` that were heard, one after another, from its beginning. Each is as in the source, but where it
 * is faded at its ends; between them there is silence. Fails where that is not so.
 */
export function stretchesOf({ rateHz, samples }: Heard, source: Float32Array): Stretch[] {
  const fade = fadeSamples(rateHz);
  const alike = (at: number, shift: number) =>
    Math.abs((samples[at + shift] ?? 0) - (source[at] ?? 0)) < ALIKE;
  const stretches: Stretch[] = [];
  let from = 0;
  let shift = -1;
  while (from < source.length - 2 * fade) {
    const first = from + fade;
    const last = Math.min(source.length - fade, first + TELLING);
    const fits = (candidate: number) => {
      for (let at = first; at < last; at++) if (!alike(at, candidate)) return false;
      return true;
    };
    shift += 1;
    while (shift + last < samples.length && !fits(shift)) shift += 1;
    if (shift + last >= samples.length) break;
    let to = first;
    while (to < source.length && alike(to, shift)) to += 1;
    // What differs is the end of a fade, or of the sound.
    to = Math.min(source.length, to + fade);
    while (to > first && Math.abs(samples[to - 1 + shift] ?? 0) < 1e-6) to -= 1;
    const before = stretches.at(-1);
    if (before) expectSilence(samples, before.to + before.shift + 1, from + shift - 1);
    expectFadeIn(samples.subarray(before ? before.to + before.shift : 0), source.subarray(from), rateHz);
    stretches.push({ from, to, shift });
    from = to;
  }
  return stretches;
}

/** Out of silence, a sound gets no louder than a straight rise over the fade allows. */
function expectFadeIn(samples: Float32Array, source: Float32Array, rateHz: number): void {
  const first = samples.findIndex((sample) => Math.abs(sample) > 1e-5);
  const loudest = source
    .subarray(0, fadeSamples(rateHz))
    .reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  for (let i = 0; i < fadeSamples(rateHz); i++) {
    const most = (loudest * (i + 3)) / (0.004 * rateHz);
    expect(Math.abs(samples[first + i] ?? 0), `sample ${i} out of silence`).toBeLessThan(most + 1e-4);
  }
}

function expectSilence(samples: Float32Array, from: number, to: number): void {
  const loudest = samples.subarray(from, to).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  expect(loudest, `between samples ${from} and ${to}`).toBeLessThan(1e-3);
}

/** How far samples are from the tone of so many cycles a sample that fits them best. */
export function worstOfTone(samples: Float32Array, cycles: number): number {
  const angle = (i: number) => 2 * Math.PI * cycles * i;
  const mean = (value: (i: number) => number) =>
    samples.reduce((sum, sample, i) => sum + sample * value(i), 0) / (samples.length / 2);
  const sine = mean((i) => Math.sin(angle(i)));
  const cosine = mean((i) => Math.cos(angle(i)));
  return samples.reduce((worst, sample, i) => {
    const tone = sine * Math.sin(angle(i)) + cosine * Math.cos(angle(i));
    return Math.max(worst, Math.abs(sample - tone));
  }, 0);
}
