// Configurations for tests.

import fc from 'fast-check';
import { attentionLayers } from '../../patterns/index.ts';
import type { ModelConfig } from '../config.ts';
import type { EngineShape } from '../engine.ts';

/** A configuration small enough for any test. */
export const testConfig: ModelConfig = {
  vocabSize: 256,
  contextLength: 32,
  nLayer: 1,
  nHead: 2,
  dModel: 8,
  dFF: 8,
  dQueryKey: 8,
  linearBias: true,
  attention: { stride: 8, summaryCells: 2, layers: [[['local', 'column']]] },
  positions: { kind: 'attention', stride: 8 },
  initialisation: 'released',
  dropout: 0,
};

/** Layers of the patterns that came after the paper. */
const successors: readonly ModelConfig['attention']['layers'][] = [
  [[['local', 'sink']]],
  [[['local', 'dilated']], [['dilated']]],
  [[['ownBlock']], [['column']], [['previousBlock']]],
  [[['ownBlock', 'previousBlock', 'summary']], [['sink']]],
];

/** Configurations that can run, of every pattern, form and kind of positions. */
export const modelConfigs: fc.Arbitrary<ModelConfig> = fc
  .record({
    nHead: fc.integer({ min: 1, max: 5 }),
    stride: fc.integer({ min: 1, max: 40 }),
    contextLength: fc.integer({ min: 2, max: 90 }),
  })
  .chain(({ nHead, stride, contextLength }) =>
    fc.record({
      vocabSize: fc.constant(256),
      contextLength: fc.constant(contextLength),
      nLayer: fc.integer({ min: 1, max: 5 }),
      nHead: fc.constant(nHead),
      dModel: fc.integer({ min: 1, max: 4 }).map((n) => 4 * nHead * n),
      dFF: fc.integer({ min: 1, max: 20 }).map((n) => 4 * n),
      dQueryKey: fc.integer({ min: 1, max: 4 }).map((n) => 4 * nHead * n),
      linearBias: fc.boolean(),
      attention: fc.record(
        {
          stride: fc.constant(stride),
          summaryCells: fc.integer({ min: 1, max: stride }),
          dilation: fc.integer({ min: 1, max: 9 }),
          layers: fc
            .tuple(
              fc.constantFrom('dense' as const, 'local' as const, 'strided' as const, 'fixed' as const),
              fc.constantFrom('interleaved' as const, 'merged' as const, 'multiHead' as const),
            )
            .filter(([, form]) => nHead > 1 || form !== 'multiHead')
            .map(([pattern, form]) => attentionLayers(pattern, form))
            .chain((layers) => fc.constantFrom(layers, ...successors)),
        },
        { requiredKeys: ['stride', 'summaryCells', 'layers'] },
      ),
      positions: fc.oneof(
        fc.record({ kind: fc.constant('attention' as const), stride: fc.constant(stride) }),
        fc.constant({ kind: 'image' as const, height: 1, width: contextLength, channels: 1 }),
      ),
      initialisation: fc.constantFrom('released' as const, 'paper' as const),
      dropout: fc.double({ min: 0, max: 0.99, noNaN: true }),
    }),
  );

export const testShape: EngineShape = { microBatch: 2, accumulation: 2, recompute: false };
