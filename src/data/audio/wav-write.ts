// WAV files of the mu-law bytes that a model reads and writes: as 16-bit PCM, which everything plays, or as they are.

import { viewOf } from '../bytes.ts';
import { decodeMuLaw } from './mulaw.ts';

export type WavEncoding = 'pcm16' | 'muLaw';

/** A WAV file, one channel, of mu-law bytes. */
export function writeWav(
  muLaw: Uint8Array,
  rateHz: number,
  encoding: WavEncoding = 'pcm16',
): Uint8Array<ArrayBuffer> {
  const sampleBytes = encoding === 'pcm16' ? 2 : 1;
  const dataBytes = muLaw.length * sampleBytes;
  const fmt = chunk('fmt ', [
    [2, encoding === 'pcm16' ? 1 : 7],
    [2, 1],
    [4, rateHz],
    [4, rateHz * sampleBytes],
    [2, sampleBytes],
    [2, 8 * sampleBytes],
    ...(encoding === 'pcm16' ? [] : [[2, 0] as const]),
  ]);
  // The number of samples, which all formats but PCM must tell.
  const fact = encoding === 'pcm16' ? [] : chunk('fact', [[4, muLaw.length]]);
  const header = [...fmt, ...fact, ...letters('data'), ...numbers([[4, dataBytes]])];
  const padding = dataBytes % 2;
  const file = new Uint8Array(12 + header.length + dataBytes + padding);
  file.set([...letters('RIFF'), ...numbers([[4, file.length - 8]]), ...letters('WAVE'), ...header]);
  const start = 12 + header.length;
  if (encoding === 'muLaw') file.set(muLaw, start);
  else {
    const view = viewOf(file);
    for (let i = 0; i < muLaw.length; i++) view.setInt16(start + 2 * i, decodeMuLaw(muLaw[i]!), true);
  }
  return file;
}

const letters = (text: string) => [...text].map((letter) => letter.charCodeAt(0));

/** Little-endian numbers, each with its bytes. */
const numbers = (values: readonly (readonly [bytes: number, value: number])[]) =>
  values.flatMap(([bytes, value]) => Array.from({ length: bytes }, (_, i) => (value >>> (8 * i)) & 0xff));

function chunk(id: string, values: readonly (readonly [number, number])[]): number[] {
  const content = numbers(values);
  return [...letters(id), ...numbers([[4, content.length]]), ...content];
}
