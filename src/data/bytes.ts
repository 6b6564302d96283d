// Small things that every reader of a binary format needs. The errors of those readers are clauses, 'the WAV file holds no
// samples', so that they can stand behind a file's name.

import { Failure } from '../lib/errors.ts';

/** A view of exactly these bytes. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Bytes as the characters of a four-letter code or a signature. */
export function asciiAt(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

/** A size in a sentence. */
export function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 1 : 0)} MiB`;
}

/** Pieces one after another. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** A reader's `Failure` with its clause made a sentence; any other error as it is. */
export function asSentence(error: unknown): unknown {
  if (!(error instanceof Failure)) return error;
  const { code, message } = error;
  return new Failure(code, `${message.charAt(0).toUpperCase()}${message.slice(1)}.`, { cause: error });
}
