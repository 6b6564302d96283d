// G.711 (ITU-T, 1988): 8-bit logarithmic samples. mu-law is what models of sound read and write; A-law is only
// read, from WAV files. Samples are 16-bit, four times (mu-law) or eight times (A-law) the standard's own units.

/** The largest sample that mu-law tells from larger ones. */
const CLIP = 32_635;
/** Added to a magnitude, it makes each segment begin at a power of two. */
const BIAS = 132;

/** The sample of each mu-law byte: sign, three bits of segment and four within it, all inverted. */
const MU_LAW = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = ~byte & 0xff;
  const magnitude = ((2 * (code & 15) + 33) << (((code >> 4) & 7) + 2)) - BIAS;
  // `|| 0` since a magnitude of 0 has two bytes, and -0 is no sample.
  return (code & 0x80 ? -magnitude : magnitude) || 0;
});

/** The sample of each A-law byte: like mu-law without bias, every other bit inverted, linear up to twice the first segment. */
const A_LAW = Int16Array.from({ length: 256 }, (_, byte) => {
  const code = byte ^ 0x55;
  const segment = (code >> 4) & 7;
  const fraction = 2 * (code & 15) + 1;
  const magnitude = segment === 0 ? fraction << 3 : (fraction + 32) << (segment + 2);
  return code & 0x80 ? magnitude : -magnitude;
});

/** The 16-bit sample that a mu-law byte stands for. */
export const decodeMuLaw = (byte: number): number => MU_LAW[byte & 0xff]!;

/** The 16-bit sample that an A-law byte stands for. */
export const decodeALaw = (byte: number): number => A_LAW[byte & 0xff]!;

/** The mu-law byte of a 16-bit sample, by the standard's decision values; what is louder is clipped. */
export function encodeMuLaw(sample: number): number {
  const biased = Math.min(Math.abs(sample), CLIP) + BIAS;
  const segment = 24 - Math.clz32(biased);
  const code = (segment << 4) | ((biased >> (segment + 3)) & 15);
  return ~(sample < 0 ? code | 0x80 : code) & 0xff;
}

/** The sample of silence. */
export const MU_LAW_SILENCE = 0xff;

/** Mu-law bytes of samples in [-1, 1]; what is outside is clipped, and what is no number is silent. */
export function muLawOf(samples: Float32Array): Uint8Array<ArrayBuffer> {
  // Loops, here and below: `from` with a function takes ten times as long, and an hour of sound has 43 million samples.
  const bytes = new Uint8Array(samples.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = encodeMuLaw(Math.round(32768 * samples[i]!) || 0);
  return bytes;
}

/** Samples in [-1, 1] of mu-law bytes. */
export function samplesOf(muLaw: Uint8Array): Float32Array<ArrayBuffer> {
  const samples = new Float32Array(muLaw.length);
  for (let i = 0; i < samples.length; i++) samples[i] = MU_LAW[muLaw[i]!]! / 32768;
  return samples;
}
