import { describe, expect, test } from 'vitest';
import { uniform } from '../lib/random.ts';
import type { ModelConfig } from '../model/config.ts';
import { attentionCases, randomArena, randomTokens, smallAttention, smallConfig } from './testing.ts';
import { type DropoutPlace, lossAndGradient, modelForward, referenceModel } from './transformer.ts';

const B = 2;

function totalLoss(
  model: ReturnType<typeof referenceModel>,
  arena: Float64Array,
  tokens: Uint8Array,
  place?: DropoutPlace,
) {
  const unused = new Float64Array(arena.length);
  const losses = lossAndGradient(model, arena, tokens, 1, unused, place);
  return losses.reduce((sum, loss) => sum + loss, 0);
}

/** Elements of a tensor that are checked: a few anywhere, and for embeddings those of rows in use. */
function elementsOf(name: string, size: number, tokens: Uint8Array, dModel: number): number[] {
  const picks = Array.from({ length: 4 }, (_, i) => Math.floor(size * uniform(7, size, 0, i)));
  if (name === 'embed.token') picks.push(...[0, 5, 12].map((i) => tokens[i]! * dModel + (i % dModel)));
  return picks;
}

function checkGradients(config: ModelConfig, place?: DropoutPlace) {
  const model = referenceModel(config);
  const arena = randomArena(model.layout, 11);
  const tokens = randomTokens(B * config.contextLength, 12);
  const gradient = new Float64Array(arena.length);
  lossAndGradient(model, arena, tokens, 1, gradient, place);
  const h = 1e-5;
  for (const { name, offset, size } of model.layout.parameters) {
    for (const element of elementsOf(name, size, tokens, config.dModel)) {
      const i = offset + element;
      const value = arena[i]!;
      arena[i] = value + h;
      const above = totalLoss(model, arena, tokens, place);
      arena[i] = value - h;
      const below = totalLoss(model, arena, tokens, place);
      arena[i] = value;
      const expected = (above - below) / (2 * h);
      const error = Math.abs(gradient[i]! - expected) / Math.max(1, Math.abs(expected));
      expect(error, `${name}[${element}]: ${gradient[i]} against ${expected}`).toBeLessThan(4e-7);
    }
  }
}

describe('gradients equal central differences', () => {
  test.each(attentionCases)('%s', (_, attention) => checkGradients(smallConfig({ attention })));

  const merged = smallAttention([[['local', 'column']]]);
  const image = { kind: 'image', height: 2, width: 3, channels: 2 } as const;
  test('image positions', () =>
    checkGradients(smallConfig({ contextLength: 12, positions: image, attention: merged })));
  test('half-size queries and keys', () => checkGradients(smallConfig({ dQueryKey: 4, attention: merged })));
  test('no linear biases', () => checkGradients(smallConfig({ linearBias: false, attention: merged })));
  test('dropout', () =>
    checkGradients(smallConfig({ dropout: 0.3, attention: merged }), {
      seed: 5,
      step: 3,
      microBatch: 1,
      firstRow: 0,
    }));
});

test.each(attentionCases)('causality: a byte changes no logit at or before it (%s)', (_, attention) => {
  const config = smallConfig({ attention });
  const { contextLength: T, vocabSize: V } = config;
  const model = referenceModel(config);
  const arena = randomArena(model.layout, 1);
  const tokens = randomTokens(T, 2);
  const { logits } = modelForward(model, arena, tokens);
  for (let t = 0; t < T; t++) {
    const changed = tokens.slice();
    changed[t]! ^= 0x55;
    const after = modelForward(model, arena, changed).logits;
    expect(after.subarray(0, (t + 1) * V)).toEqual(logits.subarray(0, (t + 1) * V));
    if (t + 1 < T)
      expect(after.subarray((t + 1) * V, (t + 2) * V)).not.toEqual(logits.subarray((t + 1) * V, (t + 2) * V));
  }
});

test('the first row of a window does not depend on its bytes', () => {
  const config = smallConfig();
  const model = referenceModel(config);
  const arena = randomArena(model.layout, 1);
  const row = (seed: number) =>
    modelForward(model, arena, randomTokens(config.contextLength, seed)).logits.slice(0, config.vocabSize);
  expect(row(1)).toEqual(row(2));
});

test('windows are independent: a batch equals its windows one by one, dropout included', () => {
  const config = smallConfig({ dropout: 0.25, attention: smallAttention([[['ownBlock', 'summary']]]) });
  const model = referenceModel(config);
  const arena = randomArena(model.layout, 3);
  const T = config.contextLength;
  const tokens = randomTokens(B * T, 4);
  const together = new Float64Array(arena.length);
  const apart = new Float64Array(arena.length);
  const place = { seed: 9, step: 2, microBatch: 0, firstRow: 0 };
  const losses = lossAndGradient(model, arena, tokens, 1, together, place);
  for (let b = 0; b < B; b++) {
    const window = tokens.subarray(b * T, (b + 1) * T);
    const own = lossAndGradient(model, arena, window, 1, apart, { ...place, firstRow: b * T });
    expect(own).toEqual(losses.slice(b * T, (b + 1) * T));
  }
  for (let i = 0; i < together.length; i++) expect(apart[i]).toBeCloseTo(together[i]!, 12);
});
