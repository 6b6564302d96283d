// Text in: a file's bytes as they are, gzip files opened, everything else about a file refused in words.

import { Failure } from '../lib/errors.ts';
import { gunzip, isGzip } from './archive/gzip.ts';
import { asSentence, mebibytes } from './bytes.ts';

/** Largest file, and largest content of a gzip file. */
export const MAX_TEXT_BYTES = 256 * 2 ** 20;

/** Throws a `Failure` for a file that is too large to be read. */
export function checkTextSize(sizeBytes: number, maxBytes = MAX_TEXT_BYTES): void {
  if (sizeBytes <= maxBytes) return;
  throw new Failure(
    'bad-file',
    `This file has ${mebibytes(sizeBytes)}; at most ${mebibytes(maxBytes)} fit. Cut out a part of it and open that.`,
  );
}

/**
 * The bytes of a text file; of a gzip file (known by its first two bytes), those inside it.
 * Throws a `Failure` for an empty file, for one above `maxBytes`, and for damaged gzip.
 */
export async function readText(file: Blob, maxBytes = MAX_TEXT_BYTES): Promise<Uint8Array> {
  checkTextSize(file.size, maxBytes);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = isGzip(bytes) ? await unzipped(bytes, maxBytes) : bytes;
  if (text.length === 0) {
    throw new Failure('bad-file', 'This file is empty. Choose one that holds some text.');
  }
  return text;
}

async function unzipped(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  try {
    return await gunzip(bytes, maxBytes);
  } catch (cause) {
    throw asSentence(cause);
  }
}

/** The first characters of a text, for a preview; what is not UTF-8 shows as a replacement character. */
export function previewText(bytes: Uint8Array, maxBytes = 400): string {
  const text = new TextDecoder().decode(bytes.subarray(0, maxBytes));
  // A cut through a character leaves a replacement character that the file does not hold.
  return bytes.length > maxBytes ? text.replace(/\uFFFD+$/, '') : text;
}
