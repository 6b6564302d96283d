// NumPy's .npy: a signature, a Python dictionary that says type, order and shape, and the numbers. Pictures are uint8 of
// shape [N, H, W], [N, H, W, C] or [N, C, H, W], where C is 1, 3 or 4; where both fit, the channel is last.

import { Failure } from '../../lib/errors.ts';
import { asciiAt, viewOf } from '../bytes.ts';
import { interleaved, type PictureSource, planar } from './pixels.ts';

const MAX_HEADER = 2 ** 16;

export const isNpy = (bytes: Uint8Array): boolean => asciiAt(bytes, 0, 6) === '\x93NUMPY';

/** The pictures of a .npy file. Throws a `Failure` 'bad-file'. */
export function readNpy(bytes: Uint8Array): PictureSource {
  const { header, start } = headerOf(bytes);
  const [, type = ''] = /'descr':\s*'([^']{1,20})'/.exec(header) ?? [];
  const [, order] = /'fortran_order':\s*(True|False)/.exec(header) ?? [];
  const [, list] = /'shape':\s*\(([\d,\s]{0,200})\)/.exec(header) ?? [];
  if (order === undefined || list === undefined) refuse('the header of the .npy file cannot be read');
  const shape = [...list.matchAll(/\d+/g)].map(([digits]) => Number(digits));
  const words = `[${shape.join(', ')}]`;
  if (!/^[|<>=]?u1$/.test(type)) {
    refuse(
      `the .npy file holds ${words} of type ${type || 'unknown'}, not pictures of uint8; ` +
        'in NumPy, x.astype("uint8") makes them so once they lie between 0 and 255',
    );
  }
  if (order === 'True') refuse('the .npy file is in Fortran order; save np.ascontiguousarray(x) instead');
  const needed = shape.reduce((product, size) => product * size, 1);
  if (needed !== bytes.length - start) {
    refuse(
      `the .npy file says that it holds ${words}, but has ${bytes.length - start} bytes behind its header`,
    );
  }
  if (needed === 0) refuse(`the .npy file holds nothing, ${words}`);
  return picturesOf(bytes, start, shape, words);
}

function picturesOf(
  bytes: Uint8Array,
  start: number,
  shape: readonly number[],
  words: string,
): PictureSource {
  const [count = 0, a = 0, b = 0, c = 0] = shape;
  const isChannels = (size: number): size is 1 | 3 | 4 => size === 1 || size === 3 || size === 4;
  if (shape.length === 3) return interleaved(bytes, start, { count, height: a, width: b, channels: 1 });
  if (shape.length === 4 && isChannels(c)) {
    return interleaved(bytes, start, { count, height: a, width: b, channels: c });
  }
  if (shape.length === 4 && isChannels(a)) {
    return planar(bytes, start, { count, height: b, width: c, channels: a });
  }
  return refuse(
    `the .npy file holds ${words}; pictures are [N, H, W], [N, H, W, C] or [N, C, H, W] with 1, 3 or 4 channels`,
  );
}

function headerOf(bytes: Uint8Array): { header: string; start: number } {
  if (!isNpy(bytes)) refuse('the file is no .npy file');
  if (bytes.length < 12) refuse('the .npy file ends inside its header');
  const isFirst = bytes[6] === 1;
  const at = isFirst ? 10 : 12;
  const length = isFirst ? viewOf(bytes).getUint16(8, true) : viewOf(bytes).getUint32(8, true);
  if (length > MAX_HEADER || at + length > bytes.length) refuse('the .npy file ends inside its header');
  return { header: new TextDecoder().decode(bytes.subarray(at, at + length)), start: at + length };
}

function refuse(reason: string): never {
  throw new Failure('bad-file', reason);
}
