// What was made, as files that other programs open.

import { download, fileName } from '../../components/download.ts';
import { writeWav } from '../../data/audio/wav-write.ts';
import { writePng } from '../../data/image/png-write.ts';
import { sheetOf } from '../../data/image/sheet.ts';
import { itemBytes } from '../../data/medium.ts';
import type { Medium } from '../../protocol/index.ts';
import { sampleBytes, type Writing } from '../../state/generation.ts';

/** A file of one item. */
function save(bytes: Uint8Array, medium: Medium, name: string): void {
  const exact = new Uint8Array(bytes);
  if (medium.kind === 'text') {
    download(new Blob([exact], { type: 'text/plain' }), fileName(name, 'txt'));
  } else if (medium.kind === 'audio') {
    download(new Blob([writeWav(exact, medium.rateHz)], { type: 'audio/wav' }), fileName(name, 'wav'));
  } else {
    const png = writePng(sheetOf([padded(exact, itemBytes(medium))], medium));
    download(new Blob([png], { type: 'image/png' }), fileName(name, 'png'));
  }
}

/** A picture that is not whole, black where nothing was painted. */
function padded(bytes: Uint8Array, size: number): Uint8Array {
  const whole = new Uint8Array(size);
  whole.set(bytes);
  return whole;
}

const NAMES = { text: 'weft-text', image: 'weft-picture', audio: 'weft-sound' } as const;

export function saveSample({ samples, medium }: Writing, index: number): void {
  const sample = samples[index];
  if (sample) save(sampleBytes(sample), medium, `${NAMES[medium.kind]}-${index + 1}`);
}

/** All samples: pictures on one sheet, each text and each sound in a file of its own. */
export function saveSamples(writing: Writing): void {
  const { samples, medium } = writing;
  if (samples.length === 1) {
    const [sample] = samples;
    if (sample) save(sampleBytes(sample), medium, NAMES[medium.kind]);
  } else if (medium.kind === 'image') {
    const pictures = samples.map((sample) => padded(sampleBytes(sample), itemBytes(medium)));
    const png = writePng(sheetOf(pictures, medium));
    download(new Blob([png], { type: 'image/png' }), 'weft-pictures.png');
  } else {
    for (const index of samples.keys()) saveSample(writing, index);
  }
}
