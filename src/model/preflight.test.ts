// The presets, and what the cost model says about them.

import { describe, expect, it } from 'vitest';
import { type Medium, TEXT } from '../data/medium.ts';
import { Fields, readObject } from '../lib/fields.ts';
import { mask } from '../patterns/index.ts';
import type { RunConfig } from './config.ts';
import { attentionPairs, forwardFlops } from './cost.ts';
import { parseRunConfig } from './parse.ts';
import { preflight } from './preflight.ts';
import { presetFor, presets } from './presets.ts';
import { testConfig } from './testing/configs.ts';

const laptop = { engine: 'webgpu', maxBufferBytes: 2 ** 31 } as const;

const withModel = (run: RunConfig, model: Partial<RunConfig['model']>): RunConfig => ({
  ...run,
  model: { ...run.model, ...model },
});

describe('presets', () => {
  it.each(Object.entries(presets))('%s can run, and is a whole RunConfig', (_, run) => {
    expect(preflight(run, laptop).problems).toEqual([]);
    expect(parseRunConfig(readObject(JSON.stringify(run), 'the preset'))).toEqual(run);
    expect(run.training.warmupSteps).toBeLessThan(run.training.steps / 10);
  });

  it('have the sizes that they promise', () => {
    const sizes = Object.values(presets).map((run) => preflight(run, laptop).parameters);
    expect(sizes).toEqual([42_656, 1_063_424, 4_890_880]);
  });
});

describe('preflight', () => {
  it('counts the pairs of the pattern', () => {
    const { attention, contextLength, nHead } = testConfig;
    const geometry = { ...attention, nHead };
    const pairs = mask(['local', 'column'], geometry, 0, contextLength).flat().length;
    expect(attentionPairs(testConfig)).toBe(nHead * pairs);
  });

  it('saves nothing with dense attention, and much with long sparse contexts', () => {
    const dense = { stride: 16, summaryCells: 4, layers: [[['dense' as const]]] };
    expect(preflight(withModel(presets.tiny, { attention: dense }), laptop).attentionSaving).toBe(1);
    const sparse = {
      contextLength: 12_288,
      attention: { stride: 128, summaryCells: 8, layers: [[['local', 'column'] as const]] },
    };
    // Section 8 of the paper: 2.85% of the causal pairs for strided attention with l = 128 at this length.
    expect(100 / preflight(withModel(presets.tiny, sparse), laptop).attentionSaving).toBeCloseTo(2.85, 1);
  });

  it('counts what each part does', () => {
    const { tokensPerStep, flopsPerStep } = preflight(presets.tiny, laptop);
    expect(tokensPerStep).toBe(1024);
    expect(flopsPerStep).toBe(3 * 8 * forwardFlops(presets.tiny.model));
    const recomputed = { ...presets.tiny, training: { ...presets.tiny.training, recompute: true } };
    const costs = preflight(recomputed, laptop);
    expect(costs.flopsPerStep).toBe((4 / 3) * flopsPerStep);
    expect(costs.memoryBytes).toBeLessThan(preflight(presets.tiny, laptop).memoryBytes);
  });

  it('says what does not fit, with what to do', () => {
    const problems = (run: RunConfig, limits: Parameters<typeof preflight>[1] = laptop) =>
      preflight(run, limits).problems.join();
    expect(problems(withModel(presets.tiny, { dModel: 30 }))).toContain('dModel');
    expect(problems(presets.tiny, { engine: 'webgpu', maxBufferBytes: 1e5 })).toMatch(
      /needs a buffer.*smaller micro-batch/,
    );
    expect(problems(presets.medium, { ...laptop, engine: 'reference' })).toContain('tiny');
    expect(problems(presets.tiny, { ...laptop, engine: 'reference' })).toBe('');
  });
});

describe('presets of pictures and sound', () => {
  const media: readonly Medium[] = [
    { kind: 'image', height: 28, width: 28, channels: 1 },
    { kind: 'image', height: 8, width: 12, channels: 3 },
    { kind: 'image', height: 64, width: 64, channels: 3 },
    { kind: 'audio', rateHz: 12_000 },
  ];
  const names = Object.keys(presets) as (keyof typeof presets)[];

  it.each(media)('can run, and are whole RunConfigs: %j', (medium) => {
    for (const name of names) {
      const run = presetFor(medium, name);
      expect(preflight(run, laptop).problems).toEqual([]);
      expect(parseRunConfig(readObject(JSON.stringify(run), 'the preset'))).toEqual(run);
    }
  });

  it('look along rows and columns', () => {
    const { model } = presetFor(media[1]!, 'small');
    expect(model).toMatchObject({ contextLength: 288, attention: { stride: 36 } });
    expect(model.positions).toEqual({ kind: 'image', height: 8, width: 12, channels: 3 });
    const sound = presetFor(media[3]!, 'medium').model;
    expect(sound.attention.stride ** 2).toBe(sound.contextLength);
    expect(presetFor(TEXT, 'small')).toBe(presets.small);
  });
});

describe('parseRunConfig', () => {
  const parse = (change: object) => parseRunConfig(new Fields({ ...presets.tiny, ...change }, 'The run'));

  it('names what is wrong', () => {
    const { training } = presets.tiny;
    expect(() => parse({ training: { ...training, steps: 0 } })).toThrow('"steps"');
    expect(() => parse({ training: { ...training, steps: 1.5 } })).toThrow('whole number');
    expect(() => parse({ training: { ...training, learningRate: Number.NaN } })).toThrow('"learningRate"');
    expect(() => parse({ training: { ...training, learningrate: 1 } })).toThrow(
      'unknown setting "learningrate"',
    );
    expect(() => parse({ training: 5 })).toThrow('JSON object');
    expect(() => parse({ model: { ...presets.tiny.model, nHead: 3 } })).toThrow('nHead');
    expect(() => parse({ name: 'x'.repeat(201) })).toThrow('"name"');
    expect(() => readObject('{', 'The file')).toThrow('not JSON');
    expect(() => parseRunConfig(readObject('{"__proto__":{"name":"x"}}', 'The file'))).toThrow(
      'lacks "name"',
    );
  });

  it('reads the medium, and holds the model against it', () => {
    const { medium: _, ...old } = presets.tiny;
    expect(parseRunConfig(new Fields(old, 'The run'))).toEqual(presets.tiny);
    const image = presetFor({ kind: 'image', height: 4, width: 6, channels: 3 }, 'tiny');
    const parseImage = (change: object) => parseRunConfig(new Fields({ ...image, ...change }, 'The run'));
    const { model } = image;
    expect(parseImage({}).medium).toEqual(image.medium);
    expect(() => parseImage({ medium: { ...image.medium, width: 5 } })).toThrow('contextLength is 72, but');
    expect(() => parseImage({ medium: { ...image.medium, width: 4, height: 6 } })).toThrow(
      'positions describes 6 x 4',
    );
    expect(() => parseImage({ medium: { ...image.medium, channels: 2 } })).toThrow('not 2');
    expect(() => parseImage({ medium: { ...image.medium, depth: 8 } })).toThrow('unknown setting "depth"');
    expect(() => parseImage({ medium: { kind: 'smell' } })).toThrow('text, image or audio, not "smell"');
    expect(() => parse({ medium: { kind: 'audio', rateHz: 1 } })).toThrow('"rateHz"');
    const byPosition = { ...model, positions: { kind: 'attention', stride: 18 } };
    expect(parseImage({ model: byPosition }).model).toEqual(byPosition);
    expect(
      preflight({ ...image, medium: { ...image.medium, channels: 1 } as never }, laptop).problems,
    ).toHaveLength(1);
  });
});
