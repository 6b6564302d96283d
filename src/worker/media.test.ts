// Pictures and sound through the host: opened, learnt, made to their end, completed, and what is refused.

import { describe, expect, it, vi } from 'vitest';
import { muLawOf } from '../data/audio/mulaw.ts';
import { writeWav } from '../data/audio/wav-write.ts';
import { writePng } from '../data/image/png-write.ts';
import type { RunConfig } from '../model/config.ts';
import { testConfig } from '../model/testing/configs.ts';
import type { Medium } from '../protocol/index.ts';
import { auto, error, request, run, setUp, value } from './testing.ts';

const medium: Medium = { kind: 'image', height: 4, width: 4, channels: 1 };
const grey = { kind: 'image', size: 4, channels: 1 } as const;
const pictureRun: RunConfig = {
  ...run,
  medium,
  model: {
    ...testConfig,
    contextLength: 16,
    positions: { kind: 'image', height: 4, width: 4, channels: 1 },
  },
  training: { ...run.training, sampleEvery: 20 },
};

const png = (n: number) => {
  const data = Uint8Array.from({ length: 16 }, (_, i) => (16 * i + n) & 255);
  return new File([writePng({ width: 4, height: 4, channels: 1, data })], `${n}.png`);
};
const pngs = (count: number) => Array.from({ length: count }, (_, n) => png(n));
const nothing = new Uint8Array();

async function trained() {
  const world = setUp();
  value(await world.host.openData(pngs(40), grey));
  value(await world.host.startRun(pictureRun, false));
  await world.until('finished');
  return world;
}

describe('pictures', () => {
  it('are opened together, and what is none of them is left out with a reason', async () => {
    const { host } = setUp();
    const info = value(await host.openData([...pngs(40), new File(['words'], 'notes.txt')], grey));
    expect(info).toMatchObject({ medium, items: 40, sizeBytes: 640, trainBytes: 576, validationBytes: 32 });
    expect(info.preview.length).toBe(640);
    expect(info.skipped).toMatchObject([{ name: 'notes.txt' }]);
    expect(error(await host.startRun(run, false))?.message).toContain('The run is for text');
    expect(value(await host.openBuiltin('image', { kind: 'auto', size: 8 })).medium).toMatchObject({
      height: 8,
      width: 8,
    });
  });

  it('are learnt, shown as they come out, and end where they are whole', async () => {
    const { host, of } = await trained();
    expect(of('sample').map(({ samples }) => samples.map(({ length }) => length))).toEqual([
      [16, 16, 16, 16],
      [16, 16, 16, 16],
    ]);
    expect(of('model').at(-1)?.model.medium).toEqual(medium);
    const bytesOf = (id: number, wanted: number) =>
      of('generated')
        .filter((event) => event.id === id && event.sample === wanted)
        .reduce((sum, { bytes }) => sum + bytes.length, 0);
    value(await host.writer.generate(1, { ...request, prompt: nothing, samples: 2, length: 1000 }));
    expect([bytesOf(1, 0), bytesOf(1, 1)]).toEqual([16, 16]);
    value(await host.writer.generate(2, { ...request, prompt: new Uint8Array(12), length: 1000 }));
    expect(bytesOf(2, 0)).toBe(4);
    const whole = { ...request, prompt: new Uint8Array(16) };
    expect(error(await host.writer.generate(3, whole))?.message).toContain('whole already');
  });

  it('are read one at a time to be completed, and measured from their beginning', async () => {
    const { host } = await trained();
    const item = value(await host.readItem(png(7), medium));
    expect([...item]).toEqual(Array.from({ length: 16 }, (_, i) => (16 * i + 7) & 255));
    const alone = value(await host.writer.surprise(item));
    const both = value(await host.writer.surprise(Uint8Array.of(...item, ...item)));
    expect([...both.subarray(16)]).toEqual([...alone]);
    expect(error(await host.readItem(new File(['words'], 'a.png'), medium))?.message).toContain('text');
  });

  it('are not taken for a text, though any other bytes are', async () => {
    const { host } = setUp();
    const text = { kind: 'text' } as const;
    expect(error(await host.readItem(png(7), text))?.message).toBe('7.png: it holds pictures, not text.');
    for (const bytes of [Uint8Array.of(0, 1, 2), new TextEncoder().encode('words')]) {
      expect(value(await host.readItem(new File([bytes], 'a.png'), text))).toEqual(bytes);
    }
  });

  it('keep their medium through a file of weights and a saved run', async () => {
    const { host, store } = await trained();
    const weights = value(await host.exportWeights());
    const other = setUp({ store });
    expect(value(await other.host.importWeights(new File([weights], 'a.safetensors'))).medium).toEqual(
      medium,
    );
    const [saved] = value(await other.host.listRuns());
    expect(saved?.medium).toEqual(medium);
    expect(value(await other.host.openRun(saved?.id ?? ''))).toEqual(pictureRun);
  });
});

describe('sound', () => {
  const mp3 = new File([Uint8Array.of(0x49, 0x44, 0x33, 3, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4)], 'a.mp3');
  const samples = Float32Array.from({ length: 48_000 }, (_, i) => Math.sin(i / 30));

  it('is read from WAV files at the wanted rate', async () => {
    const { host } = setUp();
    const wav = new File([writeWav(muLawOf(samples), 48_000)], 'a.wav');
    const info = value(await host.openData([wav], { kind: 'auto', rateHz: 4000 }));
    expect(info).toMatchObject({ medium: { kind: 'audio', rateHz: 4000 }, sizeBytes: 4000 });
  });

  it('that only a browser can decode goes through the page', async () => {
    const { host, of } = setUp();
    const opening = host.openData([mp3], auto);
    await vi.waitFor(() => expect(of('sound').length).toBe(1));
    const decoded = { rateHz: 48_000, channels: [samples, samples] };
    value(await host.soundDecoded(of('sound')[0]?.id ?? 0, { ok: true, value: decoded }));
    expect(value(await opening)).toMatchObject({ medium: { kind: 'audio' }, sizeBytes: 12_000 });
  });

  it('that nobody can decode is refused, and the data before stays', async () => {
    const { host, of } = setUp();
    value(await host.openData(pngs(40), grey));
    const opening = host.openData([mp3], auto);
    await vi.waitFor(() => expect(of('sound').length).toBe(1));
    const refusal = { code: 'bad-file', message: 'it cannot be decoded' } as const;
    await host.soundDecoded(of('sound')[0]?.id ?? 0, { ok: false, error: refusal });
    expect(error(await opening)?.message).toContain('a.mp3');
    value(await host.startRun(pictureRun, false));
    await host.stopRun();
  });

  it('is given up when told, even while the page decodes', async () => {
    const { host, of } = setUp();
    const opening = host.openData([mp3, ...pngs(1)], { kind: 'audio' });
    await vi.waitFor(() => expect(of('sound').length).toBe(1));
    value(await host.stopOpening());
    expect(error(await opening)?.code).toBe('cancelled');
    value(await host.openData(pngs(40), grey));
  });
});
