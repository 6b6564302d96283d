// Text in: a file's bytes as they are, gzip files opened, everything else about a file refused in words.

import { Failure } from '../lib/errors.ts';

/** Largest file, and largest content of a gzip file. */
export const MAX_TEXT_BYTES = 256 * 2 ** 20;

const megabytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(bytes < 2 ** 24 ? 1 : 0)} MiB`;

/** Throws a `Failure` for a file that is too large to be read. */
export function checkTextSize(sizeBytes: number, maxBytes = MAX_TEXT_BYTES): void {
  if (sizeBytes <= maxBytes) return;
  throw new Failure(
    'bad-file',
    `This file has ${megabytes(sizeBytes)}; at most ${megabytes(maxBytes)} fit. Cut out a part of it and open that.`,
  );
}

/**
 * The bytes of a text file; of a gzip file (known by its first two bytes), those inside it.
 * Throws a `Failure` for an empty file, for one above `maxBytes`, and for damaged gzip.
 */
export async function readText(file: Blob, maxBytes = MAX_TEXT_BYTES): Promise<Uint8Array> {
  checkTextSize(file.size, maxBytes);
  const bytes = new Uint8Array(await file.arrayBuffer());
  const text = bytes[0] === 0x1f && bytes[1] === 0x8b ? await gunzip(bytes, maxBytes) : bytes;
  if (text.length === 0) {
    throw new Failure('bad-file', 'This file is empty. Choose one that holds some text.');
  }
  return text;
}

/**
 * The content of a gzip file, whose checksum the platform's decoder verifies. It is read piece by piece, so that
 * a small file that expands without end costs no more memory than `maxBytes`.
 */
async function gunzip(bytes: Uint8Array, maxBytes: number): Promise<Uint8Array> {
  const reader = new Blob([bytes as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('gzip'))
    .getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      size += piece.value.length;
      if (size > maxBytes) break;
    }
  } catch (cause) {
    throw new Failure('bad-file', 'This gzip file is damaged or incomplete. Download or compress it again.', {
      cause,
    });
  }
  if (size > maxBytes) {
    await reader.cancel();
    throw new Failure(
      'bad-file',
      `This gzip file holds more than ${megabytes(maxBytes)}. Unpack it, cut out a part, and open that.`,
    );
  }
  const text = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    text.set(piece, at);
    at += piece.length;
  }
  return text;
}

/** The first characters of a text, for a preview; what is not UTF-8 shows as a replacement character. */
export function previewText(bytes: Uint8Array, maxBytes = 400): string {
  const text = new TextDecoder().decode(bytes.subarray(0, maxBytes));
  // A cut through a character leaves a replacement character that the file does not hold.
  return bytes.length > maxBytes ? text.replace(/\uFFFD+$/, '') : text;
}
