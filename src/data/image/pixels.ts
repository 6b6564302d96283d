// Decoded pictures, on their way from a file to a model.

/** A picture with 8 bits a channel: row, column, channel, channel fastest. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Grey, grey and alpha, RGB, RGB and alpha. */
  readonly channels: 1 | 2 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Pictures of one size, read one at a time. */
export interface PictureSource {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  readonly channels: Pixels['channels'];
  at(index: number): Pixels;
}

/** Most pixels of a picture that is decoded: about 160 MB, at four bytes each. */
export const MAX_PIXELS = 40_000_000;

/** Why a picture of this size is not decoded; undefined when it is. */
export function sizeProblem(width: number, height: number): string | undefined {
  if (width === 0 || height === 0) return 'the picture has no pixels';
  if (width * height <= MAX_PIXELS) return undefined;
  const size = `${width.toLocaleString('en')} x ${height.toLocaleString('en')}`;
  return `the picture has ${size} pixels; at most ${MAX_PIXELS / 1e6} million are read, so make it smaller first`;
}

/** Pictures that lie in `bytes` one after another, from `start`, as models read them. */
export function interleaved(
  bytes: Uint8Array,
  start: number,
  shape: Omit<PictureSource, 'at'>,
): PictureSource {
  const { width, height, channels } = shape;
  const size = width * height * channels;
  const at = (index: number) => {
    const from = start + index * size;
    return { width, height, channels, data: bytes.subarray(from, from + size) };
  };
  return { ...shape, at };
}

/** The same of pictures whose channels lie apart, `itemBytes` from one picture to the next. */
export function planar(
  bytes: Uint8Array,
  start: number,
  shape: Omit<PictureSource, 'at'>,
  itemBytes = shape.width * shape.height * shape.channels,
): PictureSource {
  const { width, height, channels } = shape;
  const plane = width * height;
  const at = (index: number) => {
    const from = start + index * itemBytes;
    const data = new Uint8Array(plane * channels);
    for (let pixel = 0; pixel < plane; pixel++) {
      for (let c = 0; c < channels; c++) data[pixel * channels + c] = bytes[from + c * plane + pixel]!;
    }
    return { width, height, channels, data };
  };
  return { ...shape, at };
}
