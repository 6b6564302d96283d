// PNG (W3C, third edition): every bit depth, colour type and interlacing. The browser decodes PNG too, but loses the
// exact bytes on the way through a canvas, and a terminal has no browser. Strict where a picture would come out wrong
// (checksums, lengths, missing rows), and wary of headers that promise more than a file can hold.

import { Unzlib } from 'fflate';
import { Failure } from '../../lib/errors.ts';
import { finish, type Sliced } from '../../lib/slices.ts';
import { asciiAt, DEFLATE_RATIO, viewOf } from '../bytes.ts';
import { crc32 } from '../crc32.ts';
import { exifOrientation, upright } from './orientation.ts';
import { type Pixels, sizeProblem } from './pixels.ts';
import { type Colour, type Pass, type PngHeader, type PngTables, unfilter, unpackRow } from './png-rows.ts';

const SIGNATURE = '\x89PNG\r\n\x1a\n';
const HEADER_END = 33;
const DEPTHS: ReadonlyMap<number, readonly number[]> = new Map([
  [0, [1, 2, 4, 8, 16]],
  [2, [8, 16]],
  [3, [1, 2, 4, 8]],
  [4, [8, 16]],
  [6, [8, 16]],
]);
const SAMPLES: Readonly<Record<Colour, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Packed bytes that are unpacked at once: at most some two million. */
const PIECE = 2 ** 11;

export const isPng = (bytes: Uint8Array): boolean => asciiAt(bytes, 0, 8) === SIGNATURE;

/** Reads no more than the first 33 bytes. Throws a `Failure` 'bad-file'. */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  if (!isPng(bytes)) refuse('the file is no PNG file');
  if (bytes.length < HEADER_END) refuse('the PNG file ends inside its header');
  const view = viewOf(bytes);
  if (view.getUint32(8) !== 13 || asciiAt(bytes, 12, 4) !== 'IHDR') {
    refuse('the PNG file does not begin with its header');
  }
  if (crc32(bytes.subarray(12, 29)) !== view.getUint32(29)) refuse('the header of the PNG file is damaged');
  const [depth = 0, colour = 0, compression, filters, interlace = 0] = bytes.subarray(24, 29);
  if (!DEPTHS.get(colour)?.includes(depth) || compression !== 0 || filters !== 0 || interlace > 1) {
    refuse('the PNG file is of a kind that the standard does not know');
  }
  return {
    width: view.getUint32(16),
    height: view.getUint32(20),
    depth,
    colour: colour as Colour,
    interlaced: interlace === 1,
  };
}

/** Decodes a PNG file, turned as its Exif data says; 16-bit samples are rounded to 8. Throws a `Failure` 'bad-file'. */
export const readPng = (bytes: Uint8Array): Pixels => finish(readingPng(bytes));

/** The same in slices of some hundredths of a second, since the largest picture takes seconds. */
export function* readingPng(bytes: Uint8Array): Sliced<Pixels> {
  const header = readPngHeader(bytes);
  const { width, height, colour } = header;
  const problem = sizeProblem(width, height);
  if (problem !== undefined) refuse(problem);
  const { data, orientation, ...tables } = readChunks(bytes);
  if (colour === 3 && tables.palette.length === 0) refuse('the PNG file lacks its palette');

  const bits = header.depth * SAMPLES[colour];
  const passes = header.interlaced ? adam7(width, height) : [whole(width, height)];
  const rowBytes = ({ columns }: Pass) => Math.ceil((columns * bits) / 8);
  const needed = passes.reduce((sum, pass) => sum + pass.rows * (1 + rowBytes(pass)), 0);
  const packed = data.reduce((sum, piece) => sum + piece.length, 0);
  if (needed > DEFLATE_RATIO * packed)
    refuse('the PNG file is cut off or damaged: it holds too little for its size');

  const hasAlpha = colour >= 4 || tables.transparency !== undefined;
  const colours = colour === 0 || colour === 4 ? 1 : 3;
  const channels = (colours + (hasAlpha ? 1 : 0)) as Pixels['channels'];
  const pixels = { width, height, channels, data: new Uint8Array(width * height * channels) };
  const rows = rowTaker(passes, rowBytes, Math.max(1, bits >> 3), (row, pass, y) =>
    unpackRow(row, header, tables, pixels, pass, y),
  );
  yield* inflate(data, packed, rows.take);
  if (!rows.done()) refuse('the PNG file is cut off or damaged: rows are missing');
  return upright(pixels, orientation);
}

function refuse(reason: string): never {
  throw new Failure('bad-file', reason);
}

/** The chunks that make the picture, their checksums verified. What lies behind the end is nobody's. */
function readChunks(
  bytes: Uint8Array,
): PngTables & { readonly data: readonly Uint8Array[]; readonly orientation: number } {
  const view = viewOf(bytes);
  const data: Uint8Array[] = [];
  let palette = new Uint8Array();
  let transparency: Uint8Array | undefined;
  let orientation = 1;
  for (let at = HEADER_END; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = asciiAt(bytes, at + 4, 4);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) refuse('the PNG file is cut off');
    if (type === 'IEND') break;
    const content = bytes.subarray(at + 8, end);
    if (['IDAT', 'PLTE', 'tRNS'].includes(type)) {
      if (crc32(bytes.subarray(at + 4, end)) !== view.getUint32(end)) refuse('the PNG file is damaged');
    } else if (/^[A-Z]/.test(type)) refuse('the PNG file has a part that the standard does not know');
    if (type === 'IDAT') data.push(content);
    if (type === 'PLTE') palette = new Uint8Array(content);
    if (type === 'tRNS') transparency = content;
    if (type === 'eXIf') orientation = exifOrientation(content);
    at = end + 4;
  }
  return { data, palette, transparency, orientation };
}

const whole = (columns: number, rows: number): Pass => ({ columns, rows, x: 0, y: 0, dx: 1, dy: 1 });

/** The seven coarser pictures that an interlaced one is sent as, those without pixels left out. */
function adam7(width: number, height: number): Pass[] {
  const grids = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2],
  ] as const;
  return grids
    .map(([x, y, dx, dy]) => {
      const [columns, rows] = [Math.ceil((width - x) / dx), Math.ceil((height - y) / dy)];
      return { x, y, dx, dy, columns, rows };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}

/** Unpacks the data, of `packed` bytes, piece by piece; `take` says when it has enough. */
function* inflate(
  data: readonly Uint8Array[],
  packed: number,
  take: (piece: Uint8Array) => boolean,
): Sliced<void> {
  let enough = false;
  let done = 0;
  const stream = new Unzlib((piece) => {
    if (!enough) enough = take(piece);
  });
  try {
    for (const part of data) {
      for (let at = 0; at < part.length && !enough; at += PIECE) {
        const piece = part.subarray(at, at + PIECE);
        stream.push(piece);
        done += piece.length;
        yield done / packed;
      }
    }
  } catch (cause) {
    if (cause instanceof Failure) throw cause;
    throw new Failure('bad-file', 'the PNG file is damaged', { cause });
  }
}

/** Cuts the unpacked stream into rows, each behind a byte that names its filter, and undoes the filters. */
function rowTaker(
  passes: readonly Pass[],
  rowBytes: (pass: Pass) => number,
  pixelBytes: number,
  onRow: (row: Uint8Array, pass: Pass, y: number) => void,
): { take: (piece: Uint8Array) => boolean; done: () => boolean } {
  let passIndex = 0;
  let y = 0;
  let filled = 0;
  let above = new Uint8Array(rowBytes(passes[0]!));
  let line = new Uint8Array(1 + above.length);

  const finishRow = (pass: Pass) => {
    const row = line.subarray(1);
    if (!unfilter(line[0]!, row, above, pixelBytes))
      refuse('the PNG file is damaged: a row has no known filter');
    onRow(row, pass, y);
    above.set(row);
    filled = 0;
    y += 1;
    if (y < pass.rows) return;
    y = 0;
    passIndex += 1;
    const next = passes[passIndex];
    above = new Uint8Array(next ? rowBytes(next) : 0);
    line = new Uint8Array(1 + above.length);
  };
  const take = (piece: Uint8Array) => {
    for (let at = 0; at < piece.length; ) {
      const pass = passes[passIndex];
      if (!pass) return true;
      const count = Math.min(line.length - filled, piece.length - at);
      line.set(piece.subarray(at, at + count), filled);
      filled += count;
      at += count;
      if (filled === line.length) finishRow(pass);
    }
    return passIndex >= passes.length;
  };
  return { take, done: () => passIndex >= passes.length };
}
