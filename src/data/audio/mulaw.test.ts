// G.711 against the standard's own formulas.

import { describe, expect, it } from 'vitest';
import { decodeALaw, decodeMuLaw, encodeMuLaw, MU_LAW_SILENCE, muLawOf, samplesOf } from './mulaw.ts';

/** Table 2 of G.711: the output of segment s, step q, in units of a quarter of a 16-bit sample. */
const muLawOutput = (segment: number, step: number) => (33 + 2 * step) * 2 ** segment - 33;

/** The decision value from which on a sample is given that output. */
const muLawDecision = (segment: number, step: number) => (16 + step) * 2 ** (segment + 1) - 33;

/** Table 1 of G.711, in units of an eighth of a 16-bit sample, halves included. */
const aLawOutput = (segment: number, step: number) =>
  segment === 0 ? step + 0.5 : (16.5 + step) * 2 ** (segment - 1);

describe('mu-law', () => {
  it('decodes all 256 bytes as the standard says', () => {
    for (let code = 0; code < 256; code++) {
      const magnitude = 4 * muLawOutput((code >> 4) & 7, code & 15);
      // All bits of the code are sent inverted.
      expect(decodeMuLaw(~code & 255)).toBe(code & 128 ? -magnitude || 0 : magnitude);
    }
    expect(decodeMuLaw(0x80)).toBe(4 * 8031);
  });

  it('encodes every sample to the value that the decision values give it', () => {
    let code = 0;
    for (let sample = 0; sample < 32_768; sample++) {
      while (code < 127 && sample >= 4 * muLawDecision((code + 1) >> 4, (code + 1) & 15)) code++;
      expect(encodeMuLaw(sample)).toBe(~code & 255);
      if (sample > 0) expect(encodeMuLaw(-sample)).toBe(~(code | 128) & 255);
    }
    expect(encodeMuLaw(-32_768)).toBe(0);
  });

  it('encodes what it decoded to the same byte, but for the second zero', () => {
    for (let byte = 0; byte < 256; byte++) {
      const again = encodeMuLaw(decodeMuLaw(byte));
      expect(again).toBe(byte === 0x7f ? MU_LAW_SILENCE : byte);
    }
    const all = Uint8Array.from({ length: 256 }, (_, byte) => (byte === 0x7f ? 0xff : byte));
    expect(muLawOf(samplesOf(all))).toEqual(all);
  });

  it('clips what is loud, and is silent where there is no number', () => {
    expect([...muLawOf(Float32Array.of(5, -5, Number.NaN, Infinity))]).toEqual([0x80, 0, 0xff, 0x80]);
  });
});

it('A-law decodes all 256 bytes as the standard says', () => {
  for (let code = 0; code < 256; code++) {
    const magnitude = 16 * aLawOutput((code >> 4) & 7, code & 15);
    // Every other bit of the code is sent inverted; the sign is set for positive samples.
    expect(decodeALaw(code ^ 0x55)).toBe(code & 128 ? magnitude : -magnitude);
  }
});
