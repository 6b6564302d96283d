import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { attentionLayers } from '../patterns/index.ts';
import { headGroups, type ModelConfig } from './config.ts';
import { EngineError } from './engine.ts';
import { parameterLayout } from './parameters.ts';
import { modelConfigs } from './testing.ts';
import { checkConfig, configProblems, parseConfig } from './validate.ts';

const good: ModelConfig = {
  vocabSize: 256,
  contextLength: 128,
  nLayer: 3,
  nHead: 4,
  dModel: 32,
  dFF: 64,
  dQueryKey: 16,
  linearBias: true,
  attention: { stride: 16, summaryCells: 4, layers: attentionLayers('strided', 'interleaved') },
  positions: { kind: 'attention', stride: 16 },
  initialisation: 'released',
  dropout: 0,
};

const image = { kind: 'image', height: 8, width: 8, channels: 3 };
const layers = (value: unknown) => ({ ...good, attention: { ...good.attention, layers: value } });

const without = (object: object, key: string) =>
  Object.fromEntries(Object.entries(object).filter(([name]) => name !== key));

test('what passes can be laid out, and survives JSON', () => {
  fc.assert(
    fc.property(modelConfigs, (config) => {
      expect(configProblems(config)).toEqual([]);
      expect(parameterLayout(config).count).toBeGreaterThan(0);
      for (let layer = 0; layer < config.nLayer; layer++) {
        const heads = headGroups(config, layer).reduce((sum, group) => sum + group.nHead, 0);
        expect(heads).toBe(config.nHead);
      }
      const json = JSON.stringify(config);
      expect(parseConfig(json)).toEqual(JSON.parse(json));
    }),
  );
});

test('one wrong field is one problem, which names it', () => {
  const wrong = fc
    .tuple(fc.constantFrom(...Object.keys(good)), fc.anything())
    .filter(([key, value]) => key !== 'dropout' || typeof value !== 'number');
  fc.assert(
    fc.property(wrong, ([key, value]) => {
      const problems = configProblems({ ...good, [key]: value });
      for (const problem of problems) {
        expect(problem.length).toBeLessThan(400);
        expect(problem).toMatch(/^[^.].*\.$/s);
      }
      if (problems.length > 0) expect(problems.join(' ')).toContain(key);
    }),
    { numRuns: 1000 },
  );
});

test('anything at all is judged without a crash', () => {
  fc.assert(fc.property(fc.anything(), (value) => configProblems(value).length > 0));
  fc.assert(fc.property(fc.anything(), (value) => configProblems({ ...good, attention: value }).length > 0));
  fc.assert(
    fc.property(fc.string(), (json) => {
      expect(() => parseConfig(json)).toThrow(EngineError);
    }),
  );
});

test('hostile JSON is refused in words', () => {
  const deep = (open: string, close: string) => open.repeat(100_000) + close.repeat(100_000);
  for (const json of [
    deep('[', ']'),
    `${'{"attention":'.repeat(50_000)}1${'}'.repeat(50_000)}`,
    JSON.stringify(good).replace('"layers":', `"layers":${deep('[', ']')},"x":`),
    '{"__proto__": {"nLayer": 1}}',
    `"${'x'.repeat(3_000_000)}"`,
    'null',
    '',
  ]) {
    expect(() => parseConfig(json)).toThrow(EngineError);
  }
});

describe('each rule', () => {
  const cases: [string, unknown][] = [
    ['The configuration is null; it must be an object.', null],
    ['nLayer is missing; add it.', without(good, 'nLayer')],
    ['"nLayers" is no field of a configuration; remove it.', { ...good, nLayers: 2 }],
    ['nLayer is 0; set it to a whole number from 1 to 1024.', { ...good, nLayer: 0 }],
    ['nLayer is "2"; set it to a whole number from 1 to 1024.', { ...good, nLayer: '2' }],
    ['contextLength is 1; set it to a whole number from 2 to 1048576.', { ...good, contextLength: 1 }],
    ['vocabSize is 300, but models read and write bytes; set it to 256.', { ...good, vocabSize: 300 }],
    [
      'dModel is 40, but it must divide by 4 times nHead (4); set it to a multiple of 16.',
      { ...good, dModel: 40 },
    ],
    [
      'dQueryKey is 8, but it must divide by 4 times nHead (4); set it to a multiple of 16.',
      { ...good, dQueryKey: 8 },
    ],
    ['dFF is 30; set it to a multiple of 4.', { ...good, dFF: 30 }],
    ['linearBias is 1; set it to true or false.', { ...good, linearBias: 1 }],
    ['initialisation is "xavier"; set it to "released" or "paper".', { ...good, initialisation: 'xavier' }],
    ['dropout is 1; set it to a number from 0 to below 1.', { ...good, dropout: 1 }],
    [
      'dQueryKey is 4096, which makes heads 2048 wide with nHead 2; a head is at most 1024 wide, so set nHead to 4 or more.',
      { ...good, nHead: 2, dQueryKey: 4096 },
    ],
    ['dropout is NaN; set it to a number from 0 to below 1.', { ...good, dropout: Number.NaN }],
    [
      'positions describes an image of 192 bytes, but contextLength is 128; make them equal.',
      { ...good, positions: image },
    ],
    ['positions.width is missing; add it.', { ...good, positions: without(image, 'width') }],
    ['positions.kind is "sine"; set it to "attention" or "image".', { ...good, positions: { kind: 'sine' } }],
    [
      'attention.dilation is 0; set it to a whole number from 1 to 1048576.',
      { ...good, attention: { ...good.attention, dilation: 0 } },
    ],
    [
      'attention.summaryCells is 17, but a block has only 16 cells (attention.stride); set it to 16 or less.',
      { ...good, attention: { ...good.attention, summaryCells: 17 } },
    ],
    [
      'attention.stride is 0; set it to a whole number from 1 to 1048576.',
      { ...good, attention: { ...good.attention, stride: 0 } },
    ],
    [
      'attention.layers is a list of 0; it must be a list of 1 to 1024 layers, such as [[["dense"]]].',
      layers([]),
    ],
    [
      'attention.layers[0] is a list of 5; it must list the factors of 1 to 4 heads, such as [["dense"]].',
      layers([[['local'], ['local'], ['local'], ['local'], ['local']]]),
    ],
    [
      'attention.layers[0][0] has the factor "banded"; use dense, local, column, ownBlock, summary, previousBlock, dilated or sink.',
      layers([[['banded']]]),
    ],
    [
      'attention.layers[1][0] names a factor twice; name each once.',
      layers([[['local']], [['local', 'local']]]),
    ],
    [
      'attention.layers[0][0] joins dense with other factors, which it holds already; use dense alone.',
      layers([[['dense', 'local']]]),
    ],
    [
      'attention.layers[0][0] cannot run: A head cannot join the factors local and summary: only local with column, dilated or sink, and ownBlock with summary, previousBlock or both, are disjoint.',
      layers([[['local', 'summary']]]),
    ],
  ];
  test.each(cases)('%s', (problem, config) => {
    expect(configProblems(config)).toEqual([problem]);
    expect(() => checkConfig(config)).toThrow(problem);
  });
});
