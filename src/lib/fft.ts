// The discrete Fourier transform of a power of two numbers, by Cooley and Tukey: even and odd numbers apart, over and over.

/** Transforms real and imaginary parts in place: X[k] = sum over j of x[j] exp(-2 pi i j k / n). */
export function fft(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  if (n !== imaginary.length || n < 1 || (n & (n - 1)) !== 0) throw new RangeError('no power of two');
  reorder(real, imaginary);
  for (let half = 1; half < n; half *= 2) {
    for (let k = 0; k < half; k++) {
      const [cos, sin] = [Math.cos((Math.PI * k) / half), -Math.sin((Math.PI * k) / half)];
      for (let even = k; even < n; even += 2 * half) {
        const odd = even + half;
        const [r, i] = [real[odd]!, imaginary[odd]!];
        const [turnedR, turnedI] = [r * cos - i * sin, r * sin + i * cos];
        real[odd] = real[even]! - turnedR;
        imaginary[odd] = imaginary[even]! - turnedI;
        real[even]! += turnedR;
        imaginary[even]! += turnedI;
      }
    }
  }
}

/** Puts each number at the place whose bits are those of its own, reversed. */
function reorder(real: Float64Array, imaginary: Float64Array): void {
  const n = real.length;
  for (let at = 0, to = 0; at < n; at++) {
    if (at < to) {
      [real[at], real[to]] = [real[to]!, real[at]!];
      [imaginary[at], imaginary[to]] = [imaginary[to]!, imaginary[at]!];
    }
    let bit = n >> 1;
    for (; bit > 0 && to & bit; bit >>= 1) to ^= bit;
    to |= bit;
  }
}
