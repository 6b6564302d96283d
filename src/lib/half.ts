// float16, which JavaScript's typed arrays do not have everywhere yet: rounding to nearest, ties to even.

const view = new DataView(new ArrayBuffer(4));

/** The bits of the float16 nearest to a number; infinity beyond its range. */
export function toHalf(value: number): number {
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  // Half a step above the largest, 65504, rounds to infinity.
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  const absolute = Math.abs(value);
  // Below 2^-14 the steps are 2^-24 wide and begin at zero; above it, an exponent has 1024 of them.
  if (magnitude < 0x38800000) return sign | roundHalfEven(absolute * 2 ** 24);
  const exponent = (magnitude >>> 23) - 127;
  return sign | ((exponent + 14) * 1024 + roundHalfEven(absolute * 2 ** (10 - exponent)));
}

/** The number that the bits of a float16 stand for. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The nearest float16 of each number, as bits. */
export const halvesOf = (numbers: Float32Array): Uint16Array<ArrayBuffer> =>
  Uint16Array.from(numbers, toHalf);

/** The numbers that float16 bits stand for, exactly. */
export const numbersOfHalves = (halves: Uint16Array): Float32Array<ArrayBuffer> =>
  Float32Array.from(halves, fromHalf);

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
