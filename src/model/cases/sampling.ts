// Drawing over the key/value cache, against the full forward pass and against the reference's bytes.

import { type Measure, relativeError } from '../../kernels/cases/index.ts';
import type { Engine, SamplerSettings } from '../engine.ts';

/** Relative errors allowed of cached logits, against the full forward pass over the same bytes. */
const CACHE_LIMITS = { float32: 5e-6, mixed: 2e-3 };

interface Both {
  readonly engine: Engine;
  readonly reference: Engine;
}

/**
 * `samples` sequences that grow byte by byte: cached logits against the full forward pass at every position, bytes against the
 * reference's. Then the same behind prompts longer than a stride, one for each.
 */
export async function samplingMeasures({ engine, reference }: Both, samples: number): Promise<Measure[]> {
  const { contextLength, vocabSize, attention } = engine.config;
  const sampling = { samples, seed: 11, temperature: 1, topK: 40, topP: 0.9 };
  const none = { ...sampling, prompt: new Uint8Array() };
  const sampler = await engine.createSampler(none);
  const rows: Float32Array[] = [];
  const windows = new Uint8Array(samples * contextLength);
  for (let position = 0; position < contextLength; position++) {
    const drawn = await sampler.next(1);
    for (const [sample, bytes] of drawn.entries()) windows.set(bytes, sample * contextLength + position);
    rows.push(await sampler.logits());
  }
  sampler.destroy();
  const full = await engine.logits(windows);
  const errorOf = (logits: Float32Array, sample: number, position: number) => {
    const at = (sample * contextLength + position) * vocabSize;
    const cached = logits.subarray(sample * vocabSize, (sample + 1) * vocabSize);
    return relativeError(cached, full.subarray(at, at + vocabSize));
  };
  const all = Array.from({ length: samples }, (_, sample) => sample);
  const errors = rows.flatMap((logits, position) => all.map((sample) => errorOf(logits, sample, position)));
  let different = differences(windows, (await drawnBy(reference, none, contextLength)).bytes);

  const length = Math.min(attention.stride + 3, contextLength - 4);
  const prompt = all.map((sample) => windows.slice(sample * contextLength, sample * contextLength + length));
  const [ours, theirs] = [
    await drawnBy(engine, { ...sampling, prompt }, 4),
    await drawnBy(reference, { ...sampling, prompt }, 4),
  ];
  for (const sample of all) errors.push(errorOf(ours.firstLogits, sample, length - 1));
  different += differences(ours.bytes, theirs.bytes);
  return [
    {
      what: 'error of cached logits',
      value: worst(errors),
      limit: CACHE_LIMITS[engine.shape.precision ?? 'float32'],
    },
    { what: 'drawn bytes that differ', value: different, limit: 0 },
  ];
}

/** Logits before the first draw, and `count` bytes of every sample, one sample after the other. */
async function drawnBy(engine: Engine, settings: SamplerSettings, count: number) {
  const sampler = await engine.createSampler(settings);
  const firstLogits = await sampler.logits();
  const bytes = (await sampler.next(count)).flatMap((sample) => [...sample]);
  sampler.destroy();
  return { firstLogits, bytes };
}

/** The largest; NaN when any is. */
export function worst(errors: readonly number[]): number {
  return errors.reduce((largest, error) => (Number.isNaN(error) ? error : Math.max(largest, error)), 0);
}

/** Elements that are not the same, bit for bit. */
export function differences(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).filter((value, i) => !Object.is(value, b[i])).length;
}
