// What is asked of the model: the person's settings, and what the samples begin with, as the medium needs it.

import { itemBytes, type Medium } from '../data/medium.ts';
import type { GenerateRequest, MediumKind } from '../protocol/index.ts';
import { type UploadSlice, uploadedPart } from './upload.ts';

export interface GenerateSettings {
  /** What a text begins with. */
  readonly prompt: string;
  /** Bytes of a text to write. */
  readonly length: number;
  /** Seconds of a sound to make. */
  readonly seconds: number;
  /** Sequences at once, by medium. */
  readonly samples: Readonly<Record<MediumKind, number>>;
  /** By medium: a text gains by caution, a picture loses its detail. */
  readonly temperature: Readonly<Record<MediumKind, number>>;
  readonly topK: number;
  readonly topP: number;
  readonly seed: number;
}

export const initialGenerate: GenerateSettings = {
  prompt: '',
  length: 400,
  seconds: 1,
  samples: { text: 1, image: 4, audio: 1 },
  temperature: { text: 0.8, image: 1, audio: 1 },
  topK: 0,
  topP: 1,
  seed: 1,
};

/** Sequences that a worker draws at once at most. */
export const MAX_SAMPLES = 16;

/** Longest sound: what a worker makes at once has a million bytes at most. */
export const MAX_SECONDS = 20;

const encoder = new TextEncoder();

/** What every sample begins with: the kept part of what was uploaded, or the typed words of a text. */
export function promptFor(settings: GenerateSettings, medium: Medium, upload: UploadSlice): Uint8Array {
  const uploaded = uploadedPart(upload, medium);
  if (uploaded) return uploaded;
  return medium.kind === 'text' ? encoder.encode(settings.prompt) : new Uint8Array();
}

/** Bytes to draw of each sample. */
function lengthFor({ length, seconds }: GenerateSettings, medium: Medium, promptBytes: number): number {
  if (medium.kind === 'text') return length;
  if (medium.kind === 'audio') return Math.max(1, Math.round(seconds * medium.rateHz));
  return Math.max(0, itemBytes(medium) - promptBytes);
}

export function requestFor(settings: GenerateSettings, medium: Medium, upload: UploadSlice): GenerateRequest {
  const { topK, topP, seed } = settings;
  const prompt = promptFor(settings, medium, upload);
  const samples = settings.samples[medium.kind];
  const temperature = settings.temperature[medium.kind];
  return {
    prompt,
    samples,
    length: lengthFor(settings, medium, prompt.length),
    temperature,
    topK,
    topP,
    seed,
  };
}
