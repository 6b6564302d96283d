// The text being written: what was asked for, and what has come of it, decoded as it arrives.

import { decodeNext, type Undecoded } from '../data/utf8.ts';
import type { EngineEvent, GenerateRequest, WireError } from '../protocol/index.ts';

/** What a request has brought so far. */
export interface Writing {
  readonly id: number;
  readonly request: GenerateRequest;
  /** As they came, for saving: the display shows a replacement where bytes are not UTF-8. */
  readonly chunks: readonly Uint8Array[];
  readonly sizeBytes: number;
  readonly text: string;
  readonly undecoded: Undecoded;
  readonly bytesPerSecond: number;
}

export type GenerationSlice =
  | { readonly state: 'empty' }
  | { readonly state: 'writing'; readonly writing: Writing }
  | { readonly state: 'done'; readonly writing: Writing; readonly stopped: boolean }
  | { readonly state: 'failed'; readonly writing: Writing; readonly error: WireError };

export const initialGeneration: GenerationSlice = { state: 'empty' };

const CHUNK_BYTES = 1024;

const nothing: Undecoded = new Uint8Array(0);

export function beginWriting(id: number, request: GenerateRequest): GenerationSlice {
  return {
    state: 'writing',
    writing: { id, request, chunks: [], sizeBytes: 0, text: '', undecoded: nothing, bytesPerSecond: 0 },
  };
}

/** The text as bytes, prompt included, exactly as they came. */
export function writtenBytes({ request, chunks }: Writing): Uint8Array<ArrayBuffer>[] {
  return [new TextEncoder().encode(request.prompt), ...chunks.map((chunk) => new Uint8Array(chunk))];
}

/** The writing with its last, incomplete character shown as what it is. */
function closed(writing: Writing): Writing {
  if (writing.undecoded.length === 0) return writing;
  const { text } = decodeNext(writing.undecoded, nothing, true);
  return { ...writing, text: writing.text + text, undecoded: nothing };
}

/** Small pieces are joined, so that a long text is not a list of single bytes copied at each of them. */
function joined(chunks: readonly Uint8Array[], bytes: Uint8Array): readonly Uint8Array[] {
  const last = chunks.at(-1);
  if (!last || last.length >= CHUNK_BYTES) return [...chunks, bytes];
  const both = new Uint8Array(last.length + bytes.length);
  both.set(last);
  both.set(bytes, last.length);
  return [...chunks.slice(0, -1), both];
}

export function generationOnEvent(slice: GenerationSlice, event: EngineEvent): GenerationSlice {
  if (event.type !== 'generated' || slice.state !== 'writing' || event.id !== slice.writing.id) return slice;
  const { writing } = slice;
  const { text, undecoded } = decodeNext(writing.undecoded, event.bytes, false);
  const next: Writing = {
    ...writing,
    chunks: joined(writing.chunks, event.bytes),
    sizeBytes: writing.sizeBytes + event.bytes.length,
    text: writing.text + text,
    undecoded,
    bytesPerSecond: event.bytesPerSecond,
  };
  return event.done
    ? { state: 'done', writing: closed(next), stopped: next.sizeBytes < next.request.length }
    : { state: 'writing', writing: next };
}

/** The call failed: what was written until then stays. When it went well, the last event ends the writing. */
export function failWriting(slice: GenerationSlice, id: number, error: WireError): GenerationSlice {
  if (slice.state !== 'writing' || slice.writing.id !== id) return slice;
  const writing = closed(slice.writing);
  return error.code === 'cancelled'
    ? { state: 'done', writing, stopped: true }
    : { state: 'failed', writing, error };
}
