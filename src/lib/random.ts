// Counter-based random numbers: a value is a pure function of its counters, so that any element can be
// drawn again (recomputed dropout), in any order, on the CPU and on the GPU alike.
// The mixing function is pcg4d (Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020);
// shaders/common/random.wgsl is its twin.

/** Mixes four 32-bit counters into one uniformly distributed 32-bit value. */
export function hash4(a: number, b: number, c: number, d: number): number {
  let x = (Math.imul(a, 1664525) + 1013904223) | 0;
  let y = (Math.imul(b, 1664525) + 1013904223) | 0;
  let z = (Math.imul(c, 1664525) + 1013904223) | 0;
  let w = (Math.imul(d, 1664525) + 1013904223) | 0;
  for (let round = 0; round < 2; round++) {
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
    if (round === 0) {
      x ^= x >>> 16;
      y ^= y >>> 16;
      z ^= z >>> 16;
      w ^= w >>> 16;
    }
  }
  return x >>> 0;
}

/** A number in the open interval (0, 1), one of 2^23 equally spaced ones, each exact in float32. */
export function uniform(a: number, b: number, c: number, d: number): number {
  return ((hash4(a, b, c, d) >>> 9) + 0.5) * 2 ** -23;
}

/** A standard normal number (Box-Muller). */
export function normal(a: number, b: number, c: number, d: number): number {
  const radius = Math.sqrt(-2 * Math.log(uniform(a, b, c, d)));
  return radius * Math.cos(2 * Math.PI * uniform(a, b, c, d ^ 0x5bd1e995));
}
