// Pictures that the page draws itself, so that a model can be trained without a file at hand: houses under a sky, by
// day and by night. Things worth learning at every distance: smooth skies, straight edges, a roof that sits on
// its house, windows lit when it is dark, a moon where the sun would be.

import { uniform } from '../lib/random.ts';
import { finish, type Sliced } from '../lib/slices.ts';
import { writeIdx } from './image/idx.ts';

type Colour = readonly [r: number, g: number, b: number];

/** Draws from a seeded stream, one counter a draw. */
class Dice {
  readonly #seed: number;
  readonly #picture: number;
  #draws = 0;

  constructor(seed: number, picture: number) {
    this.#seed = seed;
    this.#picture = picture;
  }

  /** A number between two others. */
  between(low: number, high: number): number {
    return low + (high - low) * uniform(this.#seed, this.#picture, this.#draws++, 0x71c7);
  }

  chance(share: number): boolean {
    return this.between(0, 1) < share;
  }

  of<T>(items: readonly T[]): T {
    return items[Math.floor(this.between(0, items.length))]!;
  }
}

/** How far a point lies outside of a shape, in picture heights; negative inside. */
type Distance = (x: number, y: number) => number;

const disc =
  (cx: number, cy: number, radius: number): Distance =>
  (x, y) =>
    Math.hypot(x - cx, y - cy) - radius;

const box =
  (left: number, top: number, right: number, bottom: number): Distance =>
  (x, y) =>
    Math.max(left - x, x - right, top - y, y - bottom);

/** A triangle on a level base, its tip in the middle above it. */
const gable =
  (left: number, right: number, base: number, tip: number): Distance =>
  (x, y) => {
    const half = (right - left) / 2;
    const height = base - tip;
    const slope = (height * Math.abs(x - (left + right) / 2) - half * (y - tip)) / Math.hypot(half, height);
    return Math.max(slope, y - base);
  };

/** All that lies below a wave. */
const hill =
  (level: number, height: number, phase: number, waves: number): Distance =>
  (x, y) =>
    level + height * Math.sin(2 * Math.PI * waves * x + phase) - y;

const WALLS: readonly Colour[] = [
  [236, 214, 172],
  [222, 160, 120],
  [200, 205, 214],
  [240, 236, 226],
  [190, 98, 80],
];
const ROOFS: readonly Colour[] = [
  [150, 54, 44],
  [88, 62, 52],
  [66, 78, 96],
];

const mix = (a: Colour, b: Colour, share: number): Colour => [
  a[0] + share * (b[0] - a[0]),
  a[1] + share * (b[1] - a[1]),
  a[2] + share * (b[2] - a[2]),
];

/** One picture, painted shape over shape, each blurred over the width of a pixel at its edge. */
class Canvas {
  readonly #size: number;
  readonly #colours: Float64Array;

  constructor(size: number, top: Colour, bottom: Colour) {
    this.#size = size;
    this.#colours = new Float64Array(size * size * 3);
    for (let y = 0; y < size; y++) {
      const colour = mix(top, bottom, y / size);
      for (let x = 0; x < size; x++) this.#colours.set(colour, (y * size + x) * 3);
    }
  }

  paint(distance: Distance, colour: Colour): void {
    const size = this.#size;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        const cover = Math.min(1, Math.max(0, 0.5 - size * distance((x + 0.5) / size, (y + 0.5) / size)));
        const at = (y * size + x) * 3;
        for (let c = 0; cover > 0 && c < 3; c++) {
          this.#colours[at + c]! += cover * (colour[c]! - this.#colours[at + c]!);
        }
      }
    }
  }

  /** Bytes, in colour or in grey by the luma of Rec. 709. */
  bytes(channels: 1 | 3): Uint8Array {
    if (channels === 3) return Uint8Array.from(this.#colours, Math.round);
    return Uint8Array.from({ length: this.#size ** 2 }, (_, pixel) => {
      const [r = 0, g = 0, b = 0] = this.#colours.subarray(3 * pixel);
      return Math.round(0.2126 * r + 0.7152 * g + 0.0722 * b);
    });
  }
}

function draw(dice: Dice, size: number, channels: 1 | 3): Uint8Array {
  const isNight = dice.chance(0.3);
  const dim = (colour: Colour): Colour => (isNight ? mix(colour, [12, 16, 44], 0.66) : colour);
  const sky: readonly [Colour, Colour] = isNight
    ? [
        [10, 14, 40],
        [44, 52, 96],
      ]
    : dice.of([
        [
          [96, 164, 232],
          [206, 230, 246],
        ],
        [
          [112, 128, 190],
          [250, 190, 140],
        ],
      ] as const);
  const canvas = new Canvas(size, ...sky);
  const sunX = dice.between(0.1, 0.9);
  const sunY = dice.between(0.1, 0.3);
  const radius = dice.between(0.06, 0.1);
  canvas.paint(disc(sunX, sunY, radius), isNight ? [232, 232, 214] : [255, 226, 110]);
  // A bite of sky makes the moon.
  if (isNight) canvas.paint(disc(sunX + radius / 2, sunY - radius / 4, 0.85 * radius), mix(...sky, sunY));
  const far = hill(
    dice.between(0.5, 0.62),
    dice.between(0.03, 0.09),
    dice.between(0, 6),
    dice.between(0.6, 1.4),
  );
  canvas.paint(far, dim([112, 150, 124]));
  const ground = dice.between(0.74, 0.84);
  canvas.paint(hill(ground, 0.02, dice.between(0, 6), 0.7), dim([94, 160, 70]));

  const width = dice.between(0.3, 0.44);
  const left = dice.between(0.08, 0.92 - width);
  if (dice.chance(0.7))
    drawTree(canvas, dice, left > 0.5 - width / 2 ? left - 0.14 : left + width + 0.14, ground, dim);
  drawHouse(canvas, dice, { left, width, ground, isNight, dim });
  return canvas.bytes(channels);
}

type Dim = (colour: Colour) => Colour;

function drawTree(canvas: Canvas, dice: Dice, x: number, ground: number, dim: Dim): void {
  const height = dice.between(0.26, 0.4);
  const foot = ground + 0.05;
  canvas.paint(box(x - 0.02, foot - 0.5 * height, x + 0.02, foot), dim([98, 68, 44]));
  const crown = dice.chance(0.5)
    ? disc(x, foot - 0.7 * height, 0.36 * height)
    : gable(x - 0.32 * height, x + 0.32 * height, foot - 0.25 * height, foot - 1.2 * height);
  canvas.paint(
    crown,
    dim(
      dice.of<Colour>([
        [52, 112, 52],
        [84, 134, 46],
        [196, 122, 40],
      ]),
    ),
  );
}

interface House {
  readonly left: number;
  readonly width: number;
  readonly ground: number;
  readonly isNight: boolean;
  readonly dim: Dim;
}

function drawHouse(canvas: Canvas, dice: Dice, { left, width, ground, isNight, dim }: House): void {
  const right = left + width;
  const foot = ground + 0.06;
  const eaves = foot - dice.between(0.22, 0.32);
  const tip = eaves - dice.between(0.14, 0.24);
  const roof = dim(dice.of(ROOFS));
  if (dice.chance(0.6)) {
    const chimney = left + width * dice.between(0.65, 0.75);
    canvas.paint(box(chimney, tip, chimney + 0.06, eaves), roof);
  }
  canvas.paint(box(left, eaves, right, foot), dim(dice.of(WALLS)));
  canvas.paint(gable(left - 0.04, right + 0.04, eaves, tip), roof);
  const pane: Colour = isNight ? [255, 214, 110] : [120, 150, 176];
  const doorAtLeft = dice.chance(0.5);
  const middle = (share: number) => left + width * (doorAtLeft ? share : 1 - share);
  canvas.paint(box(middle(0.28) - 0.045, foot - 0.15, middle(0.28) + 0.045, foot), dim([84, 52, 36]));
  canvas.paint(box(middle(0.72) - 0.05, eaves + 0.06, middle(0.72) + 0.05, eaves + 0.15), pane);
}

/** Pictures [count, size, size, channels], channel fastest: the same for the same seed. */
export function builtinImages(
  count: number,
  size: number,
  channels: 1 | 3,
  seed = 1,
): Uint8Array<ArrayBuffer> {
  return finish(drawingImages(count, size, channels, seed));
}

/** The same in slices: large ones take long. */
function* drawingImages(
  count: number,
  size: number,
  channels: 1 | 3,
  seed: number,
): Sliced<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(count * size * size * channels);
  for (let picture = 0; picture < count; picture++) {
    bytes.set(draw(new Dice(seed, picture), size, channels), picture * size * size * channels);
    yield (picture + 1) / count;
  }
  return bytes;
}

export const BUILTIN_IMAGES_NAME = 'village-pictures.idx';

/** The pictures as the file they would be, had someone chosen it. */
export function builtinImagesFile(count = 2000, size = 16, channels: 1 | 3 = 3, seed = 1): File {
  return finish(drawingImagesFile(count, size, channels, seed));
}

export function* drawingImagesFile(count = 2000, size = 16, channels: 1 | 3 = 3, seed = 1): Sliced<File> {
  const pictures = yield* drawingImages(count, size, channels, seed);
  const bytes = writeIdx(pictures, { height: size, width: size, channels });
  return new File([bytes], BUILTIN_IMAGES_NAME, { type: 'application/octet-stream' });
}
