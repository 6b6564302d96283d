// The host's commands: runs from start to end, generation, and what is refused.

import { describe, expect, it, vi } from 'vitest';
import { testConfig } from '../model/testing/configs.ts';
import type { Result } from '../protocol/index.ts';
import { auto, error, long, request, run, setUp, textFile, value } from './testing.ts';

describe('a run', () => {
  it('trains to its end, is saved, and leaves a model that generates', async () => {
    const { host, statuses, steps, of, until, store } = setUp();
    expect(value(await host.start()).engine).toBe('webgpu');
    const data = value(await host.openData([textFile()], auto));
    expect(data).toMatchObject({ name: 'cats.txt', sizeBytes: 960, trainBytes: 864, validationBytes: 48 });
    expect(data.gzipBitsPerByte, 'too short a part').toBeNull();
    value(await host.startRun({ ...run, training: { ...run.training, sampleEvery: 25 } }, false));
    await until('finished');
    expect(statuses().map(({ state }) => state)).toEqual(['preparing', 'training', 'finished']);
    expect(steps().map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(of('evaluation').map(({ evaluation }) => evaluation.step)).toEqual([20, 40]);
    expect(of('sample').map(({ step }) => step)).toEqual([25]);
    expect(of('model').at(-1)?.model).toMatchObject({ name: 'cats', step: 40 });
    expect(value(await host.listRuns())).toMatchObject([{ name: 'cats', step: 40, steps: 40 }]);
    expect([...store.files.keys()].filter((path) => path.startsWith('data/')).length).toBe(1);

    value(await host.writer.generate(7, request));
    const generated = of('generated');
    expect(generated.every(({ id }) => id === 7)).toBe(true);
    expect(generated.flatMap(({ bytes }) => [...bytes]).length).toBe(50);
    expect(generated.map(({ done }) => done).lastIndexOf(false)).toBe(generated.length - 2);
  });

  it('pauses, generates and goes on to the same bits as without', async () => {
    const straight = setUp();
    await straight.host.openData([textFile()], auto);
    await straight.host.startRun(run, false);
    await straight.until('finished');
    const wanted = await value(await straight.host.exportWeights()).arrayBuffer();

    const { host, untilStep, until, statuses, steps } = setUp();
    await host.openData([textFile()], auto);
    value(await host.startRun(run, false));
    await untilStep(5);
    value(await host.writer.generate(1, request));
    await untilStep(10);
    value(await host.pauseRun());
    expect(statuses().at(-1)?.state).toBe('paused');
    const pausedAt = steps().length;
    value(await host.writer.generate(2, request));
    expect(steps().length).toBe(pausedAt);
    value(await host.resumeRun());
    await until('finished');
    expect(steps().map(({ step }) => step)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(await value(await host.exportWeights()).arrayBuffer()).toEqual(wanted);
  });

  it('generates while it trains, and goes on by itself', async () => {
    const { host, untilStep, of, statuses } = setUp();
    await host.openData([textFile()], auto);
    await host.startRun(long, false);
    await untilStep(3);
    value(await host.writer.generate(1, request));
    expect(of('generated').at(-1)?.done).toBe(true);
    const step = of('steps').at(-1)?.steps.at(-1)?.step ?? 0;
    await untilStep(step + 3);
    const exported = value(await host.exportWeights());
    expect(exported.size).toBeGreaterThan(1000);
    value(await host.stopRun());
    expect(statuses().map(({ state }) => state)).toEqual(['preparing', 'training', 'idle']);
    value(await host.writer.generate(2, request));
  });

  it('is opened again by another worker and ends with the same bits', async () => {
    const straight = setUp();
    await straight.host.openData([textFile()], auto);
    await straight.host.startRun(run, false);
    await straight.until('finished');
    const wanted = await value(await straight.host.exportWeights()).arrayBuffer();

    const first = setUp();
    await first.host.openData([textFile()], auto);
    await first.host.startRun(run, false);
    await first.untilStep(15);
    await first.host.pauseRun();

    const second = setUp({ store: first.store });
    const [saved] = value(await second.host.listRuns());
    expect(value(await second.host.openRun(saved?.id ?? ''))).toEqual(run);
    expect(second.statuses().at(-1)).toEqual({ state: 'paused' });
    value(await second.host.resumeRun());
    await second.until('finished');
    expect(await value(await second.host.exportWeights()).arrayBuffer()).toEqual(wanted);

    // The data was stored with the run; without it, the same file is asked for.
    const third = setUp({ store: first.store });
    for (const path of first.store.files.keys()) if (path.startsWith('data/')) first.store.files.delete(path);
    await third.host.openRun(saved?.id ?? '');
    await third.host.stopRun();
    value(await third.host.deleteRun(saved?.id ?? ''));
    expect(value(await third.host.listRuns())).toEqual([]);
  });

  it('asks for its file when that is not stored', async () => {
    const first = setUp();
    await first.host.openData([textFile()], auto);
    await first.host.startRun(long, false);
    await first.untilStep(3);
    await first.host.stopRun();
    for (const path of first.store.files.keys()) if (path.startsWith('data/')) first.store.files.delete(path);
    const { host, until } = setUp({ store: first.store });
    const [saved] = value(await host.listRuns());
    value(await host.openRun(saved?.id ?? ''));
    expect(error(await host.resumeRun())?.message).toContain('Open cats.txt (960 bytes) first');
    await host.openData([textFile('another text entirely. '.repeat(40), 'other.txt')], auto);
    expect(error(await host.resumeRun())?.code).toBe('bad-input');
    await host.openData([textFile()], auto);
    value(await host.resumeRun());
    await until('training');
    await host.stopRun();
  });

  it('goes on from imported weights', async () => {
    const first = setUp();
    await first.host.openData([textFile()], auto);
    await first.host.startRun(run, false);
    await first.until('finished');
    const file = new File([value(await first.host.exportWeights())], 'cats.safetensors');

    const { host, until, steps } = setUp();
    expect(error(await host.startRun(run, true))?.message).toContain('Open a file');
    await host.openData([textFile()], auto);
    expect(error(await host.startRun(run, true))?.message).toContain('no model to go on from');
    expect(value(await host.importWeights(file))).toMatchObject({
      name: 'cats',
      step: 40,
      config: testConfig,
    });
    value(await host.writer.generate(1, request));
    const wider = { ...run, model: { ...testConfig, dFF: 16 } };
    expect(error(await host.startRun(wider, true))?.message).toContain('another model');
    value(await host.startRun(run, true));
    await until('finished');
    expect(steps()[0]?.bitsPerByte).toBeLessThan(7.5);
  });

  it('fails in words when it diverges, with the last copy still there', async () => {
    const { host, engines, until, untilStep, statuses } = setUp();
    await host.openData([textFile()], auto);
    await host.startRun(long, false);
    await untilStep(2);
    for (const engine of engines) engine.poisonedStep = 60;
    await until('failed');
    expect(statuses().at(-1)).toMatchObject({
      error: { code: 'diverged', message: expect.stringContaining('step 60') },
    });
    value(await host.writer.generate(1, request));
    expect(value(await host.exportWeights()).size).toBeGreaterThan(1000);
  });

  it('is refused in words when something is missing or wrong', async () => {
    const { host, statuses } = setUp();
    const refused = async (result: Promise<Result<unknown>>) => error(await result);
    expect((await refused(host.writer.generate(1, request)))?.code).toBe('not-found');
    expect((await refused(host.exportWeights()))?.code).toBe('not-found');
    expect((await refused(host.resumeRun()))?.code).toBe('bad-input');
    expect((await refused(host.openRun('none')))?.code).toBe('not-found');
    expect((await refused(host.openData([textFile('')], auto)))?.code).toBe('bad-file');
    await host.openData([textFile('short text that is long enough')], auto);
    expect((await refused(host.startRun(run, false)))?.message).toContain('a context of 32');
    await host.openData([textFile()], auto);
    const odd = { ...run, model: { ...testConfig, nHead: 3 } };
    expect((await refused(host.startRun(odd, false)))?.code).toBe('bad-config');
    expect(value(await host.preflight(odd)).problems.length).toBeGreaterThan(0);
    expect((await refused(host.importWeights(textFile())))?.code).toBe('bad-file');
    for (const change of [
      { length: 0 },
      { samples: 17 },
      { temperature: Number.NaN },
      { topP: 0 },
      { topK: 1.5 },
      { seed: -1 },
    ]) {
      expect((await refused(host.writer.generate(1, { ...request, ...change })))?.code).toBe('bad-input');
    }
    expect(statuses()).toEqual([]);
    value(await host.pauseRun());
    value(await host.stopRun());
    value(await host.writer.stopGenerating());
  });
});

describe('generation', () => {
  it('draws several samples at once, each in events of its own', async () => {
    const { host, of, until } = setUp();
    await host.openData([textFile()], auto);
    await host.startRun(run, false);
    await until('finished');
    value(await host.writer.generate(1, { ...request, samples: 3 }));
    const bytesOf = (wanted: number) =>
      of('generated').flatMap(({ sample, bytes }) => (sample === wanted ? [...bytes] : []));
    expect([0, 1, 2, 3].map((sample) => bytesOf(sample).length)).toEqual([50, 50, 50, 0]);
    expect(bytesOf(0)).not.toEqual(bytesOf(1));
    expect(of('generated').filter(({ done }) => done).length).toBe(1);
  });

  it('stops when told, and when another begins', async () => {
    const { host, of, until } = setUp();
    await host.openData([textFile()], auto);
    await host.startRun(run, false);
    await until('finished');
    const endless = { ...request, length: 1_000_000 };
    const first = host.writer.generate(1, endless);
    await vi.waitFor(() => expect(of('generated').length).toBeGreaterThan(0));
    const second = host.writer.generate(2, endless);
    value(await first);
    await vi.waitFor(() => expect(of('generated').some(({ id, done }) => id === 2 && !done)).toBe(true));
    value(await host.writer.stopGenerating());
    value(await second);
    expect(
      of('generated')
        .filter(({ done }) => done)
        .map(({ id }) => id),
    ).toEqual([1, 2]);
  });
});

describe('surprise', () => {
  it('measures each byte, and less for what the model knows', async () => {
    const { host, of, until } = setUp();
    const bytes = new TextEncoder().encode('the cat sat on the mat. '.repeat(10));
    expect(error(await host.writer.surprise(bytes))?.code).toBe('not-found');
    await host.openData([textFile()], auto);
    await host.startRun(run, false);
    await until('finished');
    const known = value(await host.writer.surprise(bytes));
    expect(known.length).toBe(bytes.length);
    const strange = value(await host.writer.surprise(Uint8Array.from(bytes, (byte) => 255 - byte)));
    const mean = (bits: Float32Array) => bits.reduce((sum, bit) => sum + bit, 0) / bits.length;
    expect(mean(known)).toBeLessThan(7);
    expect(mean(strange)).toBeGreaterThan(mean(known) + 1);
    expect(of('surprise').at(-1)?.share).toBe(1);
    expect(value(await host.writer.surprise(new Uint8Array())).length).toBe(0);
  });

  it('ends when told, and when another begins', async () => {
    const { host, of, until } = setUp();
    await host.openData([textFile()], auto);
    await host.startRun(run, false);
    await until('finished');
    const long = new Uint8Array(400_000);
    const first = host.writer.surprise(long);
    await vi.waitFor(() => expect(of('surprise').length).toBeGreaterThan(0));
    const second = host.writer.surprise(long);
    expect(error(await first)?.code).toBe('cancelled');
    await host.writer.stopSurprise();
    expect(error(await second)?.code).toBe('cancelled');
    expect(error(await host.writer.surprise(new Uint8Array(2 ** 22 + 1)))?.code).toBe('bad-input');
  });
});
