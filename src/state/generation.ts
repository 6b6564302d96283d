// What the model draws: what was asked for, and what has come of it, sample by sample. An item of the person's own
// that is only looked at is the same with nothing to draw.

import { type Medium, TEXT } from '../data/medium.ts';
import { decodeNext, type Undecoded } from '../data/utf8.ts';
import type { EngineEvent, GenerateRequest, WireError } from '../protocol/index.ts';

/** One sequence, prompt included. */
export interface Sample {
  /** Bytes below `sizeBytes` never change; the rest is room for what is still to come. */
  readonly room: Uint8Array;
  readonly sizeBytes: number;
  /** Of a text, what the bytes after the prompt say. */
  readonly text: string;
  readonly undecoded: Undecoded;
}

/** What a request has brought so far. */
export interface Writing {
  readonly id: number;
  readonly request: GenerateRequest;
  /** Of the model that was asked. */
  readonly medium: Medium;
  readonly samples: readonly Sample[];
  readonly bytesPerSecond: number;
}

export type GenerationSlice =
  | { readonly state: 'empty' }
  | { readonly state: 'writing'; readonly writing: Writing }
  | { readonly state: 'done'; readonly writing: Writing; readonly stopped: boolean }
  | { readonly state: 'failed'; readonly writing: Writing; readonly error: WireError };

export const initialGeneration: GenerationSlice = { state: 'empty' };

const nothing: Undecoded = new Uint8Array(0);

export function beginWriting(id: number, request: GenerateRequest, medium: Medium = TEXT): GenerationSlice {
  const { prompt, length } = request;
  const samples = Array.from({ length: request.samples }, (): Sample => {
    const room = new Uint8Array(prompt.length + length);
    room.set(prompt);
    return { room, sizeBytes: prompt.length, text: '', undecoded: nothing };
  });
  return { state: 'writing', writing: { id, request, medium, samples, bytesPerSecond: 0 } };
}

/** An item of the person's own, shown as if it had been drawn. */
export function showItem(id: number, bytes: Uint8Array, medium: Medium): GenerationSlice {
  const request = { prompt: bytes, samples: 1, length: 0, temperature: 1, topK: 0, topP: 1, seed: 0 };
  const begun = beginWriting(id, request, medium);
  return begun.state === 'writing' ? { state: 'done', writing: begun.writing, stopped: false } : begun;
}

/** The sample's bytes, exactly as they came, prompt included: a view. */
export function sampleBytes({ room, sizeBytes }: Sample): Uint8Array {
  return room.subarray(0, sizeBytes);
}

/** Bytes drawn so far, of the samples together, and of the one that has most. */
export function drawn({ samples, request }: Writing): { readonly all: number; readonly most: number } {
  const each = samples.map(({ sizeBytes }) => sizeBytes - request.prompt.length);
  return { all: each.reduce((sum, size) => sum + size, 0), most: Math.max(0, ...each) };
}

/** The writing with each sample's last, incomplete character shown as what it is. */
function closed(writing: Writing): Writing {
  return {
    ...writing,
    samples: writing.samples.map((sample) => {
      if (sample.undecoded.length === 0) return sample;
      const { text } = decodeNext(sample.undecoded, nothing, true);
      return { ...sample, text: sample.text + text, undecoded: nothing };
    }),
  };
}

function grown(sample: Sample, bytes: Uint8Array, medium: Medium): Sample {
  const fitting = bytes.subarray(0, sample.room.length - sample.sizeBytes);
  sample.room.set(fitting, sample.sizeBytes);
  const next = { ...sample, sizeBytes: sample.sizeBytes + fitting.length };
  if (medium.kind !== 'text') return next;
  const { text, undecoded } = decodeNext(sample.undecoded, fitting, false);
  return { ...next, text: sample.text + text, undecoded };
}

export function generationOnEvent(slice: GenerationSlice, event: EngineEvent): GenerationSlice {
  if (event.type !== 'generated' || slice.state !== 'writing' || event.id !== slice.writing.id) return slice;
  const { writing } = slice;
  const next: Writing = {
    ...writing,
    samples: writing.samples.map((sample, index) =>
      index === event.sample ? grown(sample, event.bytes, writing.medium) : sample,
    ),
    bytesPerSecond: event.bytesPerSecond,
  };
  if (!event.done) return { state: 'writing', writing: next };
  const stopped = next.samples.some(({ room, sizeBytes }) => sizeBytes < room.length);
  return { state: 'done', writing: closed(next), stopped };
}

/** The call failed: what was written until then stays. When it went well, the last event ends the writing. */
export function failWriting(slice: GenerationSlice, id: number, error: WireError): GenerationSlice {
  if (slice.state !== 'writing' || slice.writing.id !== id) return slice;
  const writing = closed(slice.writing);
  return error.code === 'cancelled'
    ? { state: 'done', writing, stopped: true }
    : { state: 'failed', writing, error };
}
