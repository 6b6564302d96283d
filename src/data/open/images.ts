// Pictures, from files of one or of many, all made the size and the colours of the first choice.

import { Failure } from '../../lib/errors.ts';
import type { Sliced } from '../../lib/slices.ts';
import { readCifar } from '../image/cifar.ts';
import { fitImage, type PictureShape } from '../image/fit.ts';
import { type PictureFormat, pictureSize } from '../image/headers.ts';
import { readIdx } from '../image/idx.ts';
import { readNpy } from '../image/npy.ts';
import { type PictureSource, type Pixels, sizeProblem } from '../image/pixels.ts';
import { readingPng } from '../image/png-read.ts';
import { MAX_SIDE, type Medium } from '../medium.ts';
import type { Leaf } from './leaves.ts';
import type { DecodeHooks, OpenOptions } from './options.ts';
import { Room } from './room.ts';
import type { Sniffed } from './sniff.ts';

/** Pixels a side of loose pictures, where nobody chose: what a small model can learn. */
export const DEFAULT_SIDE = 32;

/** Files of many pictures, all of one size. */
export const DATA_SETS = { IDX: readIdx, CIFAR: readCifar, npy: readNpy } as const;

export class ImageCollector {
  readonly #room = new Room('Choose a smaller size, or fewer pictures.');
  readonly #options: OpenOptions;
  readonly #decode: DecodeHooks;
  #shape: PictureShape | undefined;
  items = 0;

  constructor(options: OpenOptions, decode: DecodeHooks) {
    this.#options = options;
    this.#decode = decode;
  }

  async add(leaf: Leaf, pause: (share: number) => Promise<void>): Promise<void> {
    const { sniffed } = leaf;
    if (sniffed.kind !== 'image') throw new Failure('bad-file', 'it is no picture');
    const isDataSet = sniffed.format in DATA_SETS;
    const pictures = await this.#picturesOf(leaf, sniffed, pause);
    const problem = sizeProblem(pictures.width, pictures.height);
    if (problem !== undefined) throw new Failure('bad-file', problem);
    this.#shape ??= shapeFor(this.#options, pictures, isDataSet);
    const count = Math.min(pictures.count, (this.#options.maxItems ?? Infinity) - this.items);
    this.#room.reserve(count * this.#shape.height * this.#shape.width * this.#shape.channels);
    for (let index = 0; index < count; index++) {
      this.#room.append(fitImage(pictures.at(index), this.#shape));
      this.items += 1;
      await pause((index + 1) / count);
    }
  }

  finish(): { medium: Medium; bytes: Uint8Array } {
    const { height, width, channels } = this.#shape!;
    return { medium: { kind: 'image', height, width, channels }, bytes: this.#room.whole() };
  }

  async #picturesOf(
    leaf: Leaf,
    sniffed: Sniffed & { kind: 'image' },
    pause: (share: number) => Promise<void>,
  ): Promise<PictureSource> {
    if ('byBrowser' in sniffed) return single(await this.#decoded(leaf, sniffed.format));
    const bytes = await leaf.read();
    return sniffed.format === 'PNG'
      ? single(await inTurns(readingPng(bytes), pause))
      : DATA_SETS[sniffed.format](bytes);
  }

  async #decoded(leaf: Leaf, format: PictureFormat): Promise<Pixels> {
    const { decodeImage } = this.#decode;
    if (!decodeImage) {
      throw new Failure(
        'bad-file',
        `${format} can only be decoded by a browser; open it in the page, or save it as PNG first`,
      );
    }
    const bytes = await leaf.read();
    const size = pictureSize(bytes, format);
    if (!size)
      throw new Failure('bad-file', `the ${format} file is damaged: it does not say how large it is`);
    const problem = sizeProblem(size.width, size.height);
    if (problem !== undefined) throw new Failure('bad-file', problem);
    return decodeImage(new Blob([bytes as Uint8Array<ArrayBuffer>])).catch((cause) => {
      throw new Failure('bad-file', `the browser cannot decode this ${format} file; it may be damaged`, {
        cause,
      });
    });
  }
}

async function inTurns<T>(work: Sliced<T>, pause: (share: number) => Promise<void>): Promise<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    await pause(step.value);
  }
}

function single(pixels: Pixels): PictureSource {
  return {
    count: 1,
    width: pixels.width,
    height: pixels.height,
    channels: pixels.channels,
    at: () => pixels,
  };
}

/** The shape that was asked for; where it was not, that of a data set, or the default. */
function shapeFor({ size, channels }: OpenOptions, first: PictureSource, isDataSet: boolean): PictureShape {
  const { height, width } = sidesFor(size, first, isDataSet);
  return { height, width, channels: channels ?? (isDataSet && first.channels === 1 ? 1 : 3) };
}

function sidesFor(size: OpenOptions['size'], first: PictureSource, isDataSet: boolean) {
  if (typeof size === 'number') return { height: size, width: size };
  if (size) return size;
  const fits = isDataSet && first.height <= MAX_SIDE && first.width <= MAX_SIDE;
  return fits ? first : { height: DEFAULT_SIDE, width: DEFAULT_SIDE };
}
