// A file of this site, fetched with a word on how much of it has come.

import { Failure } from './errors.ts';

interface FetchOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (receivedBytes: number) => void;
}

/** A file's content. Throws a `Failure` 'not-found' that says why there is none; the signal's reason when given up. */
export async function fetched(address: string, { signal, onProgress }: FetchOptions): Promise<Blob> {
  try {
    const response = await fetch(address, { signal });
    if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`);
    const pieces: Uint8Array<ArrayBuffer>[] = [];
    let receivedBytes = 0;
    const reader = response.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      receivedBytes += piece.value.length;
      onProgress(receivedBytes);
    }
    return new Blob(pieces);
  } catch (cause) {
    signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('not-found', `${address} could not be fetched: ${reason}.`, { cause });
  }
}
