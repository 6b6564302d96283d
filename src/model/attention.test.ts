// Rows, pictures and means of attention, as the reference makes them and as plain sums over the same weights.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReferenceEngine } from '../reference/engine.ts';
import { attentionCases, randomArena, randomTokens, smallConfig } from '../reference/testing.ts';
import {
  type AttentionRow,
  allowedRow,
  cellEdge,
  cellOf,
  mapsProblem,
  meanRow,
  rowsProblem,
} from './attention.ts';

test('cells divide a span: each position is in the one whose edges enclose it', () => {
  const span = fc
    .record({ from: fc.nat(1000), length: fc.integer({ min: 1, max: 5000 }) })
    .chain(({ from, length }) =>
      fc.record({
        span: fc.constant({ from, to: from + length }),
        cells: fc.integer({ min: 1, max: Math.min(length, 128) }),
        position: fc.integer({ min: from, max: from + length - 1 }),
      }),
    );
  fc.assert(
    fc.property(span, ({ span, cells, position }) => {
      const cell = cellOf(span, cells, position);
      expect(cellEdge(span, cells, cell)).toBeLessThanOrEqual(position);
      expect(cellEdge(span, cells, cell + 1)).toBeGreaterThan(position);
      expect(cellEdge(span, cells, 0)).toBe(span.from);
      expect(cellEdge(span, cells, cells)).toBe(span.to);
    }),
  );
});

function engineOf(attention: (typeof attentionCases)[number][1]) {
  const config = smallConfig({ attention });
  const engine = new ReferenceEngine(config, { microBatch: 1, accumulation: 1, recompute: false });
  engine.state.parameters.set(randomArena(engine.layout, 3));
  return { engine, config };
}

const total = ({ segments }: AttentionRow) =>
  segments.reduce((sum, { weights }) => sum + weights.reduce((a, b) => a + b, 0), 0);

describe.each(attentionCases)('%s', (_, attention) => {
  const { engine, config } = engineOf(attention);
  const { contextLength: T, nHead } = config;
  const everyRow = (tokens: Uint8Array) =>
    engine.attentionRows({
      ...{ tokens, layer: 1, heads: [0, 1] },
      queries: Array.from(tokens, (_, query) => query),
    });

  test('rows add up to 1 over their segments, and see no key twice', async () => {
    for (const row of await everyRow(randomTokens(T, 1))) {
      const keys = row.segments.flatMap((segment) => [...segment.keys]);
      expect(new Set(keys).size).toBe(keys.length);
      expect(Math.max(-1, ...keys)).toBeLessThanOrEqual(row.query);
      expect(total(row)).toBeCloseTo(keys.length > 0 ? 1 : 0, 5);
    }
  });

  test('what a position may look at is known without an engine', async () => {
    for (const row of await everyRow(randomTokens(T, 1))) {
      const allowed = allowedRow(config, row.layer, row.head, row.query);
      const keysOf = ({ segments }: AttentionRow) => segments.map(({ factor, keys }) => [factor, [...keys]]);
      expect(keysOf(allowed)).toEqual(keysOf(row));
      expect(total(allowed)).toBe(0);
      const both = meanRow([0, 1].map((head) => allowedRow(config, row.layer, head, row.query)));
      expect(allowedRow(config, row.layer, 'mean', row.query)).toEqual(both);
    }
  });

  test('a picture holds the mean of the rows, and so do its entropy and distance', async () => {
    const windows = [randomTokens(T, 1), randomTokens(T, 2)];
    const cells = 4;
    const maps = await engine.attentionMaps({ windows, layers: [1], cells });
    const rows = (await Promise.all(windows.map(everyRow))).flat();
    const span = { from: 0, to: T };
    for (let head = 0; head < nHead; head++) {
      const map = maps.heads[head]!;
      const own = rows.filter((row) => row.head === head);
      const seeing = own.filter((row) => total(row) > 0).length;
      let [entropy, distance] = [0, 0];
      const sums = map.segments.map(() => new Float64Array(cells * cells));
      for (const { query, segments } of own) {
        const row = cellOf(span, cells, query);
        const count = 2 * (cellEdge(span, cells, row + 1) - cellEdge(span, cells, row));
        for (const [index, { keys, weights }] of segments.entries()) {
          for (const [i, key] of keys.entries()) {
            sums[index]![row * cells + cellOf(span, cells, key)]! += weights[i]! / count;
            entropy -= weights[i]! * Math.log2(weights[i]!);
            distance += weights[i]! * (query - key);
          }
        }
      }
      for (const [index, { weights }] of map.segments.entries()) {
        for (const [i, weight] of weights.entries()) expect(weight).toBeCloseTo(sums[index]![i]!, 5);
      }
      expect(map.entropyBits).toBeCloseTo(entropy / seeing, 5);
      expect(map.meanDistance).toBeCloseTo(distance / seeing, 5);
    }
  });

  test('a sampler keeps the row of the byte it made last', async () => {
    const settings = { samples: 1, seed: 1, temperature: 1, topK: 0, topP: 1 };
    const sampler = await engine.createSampler({ ...settings, prompt: new Uint8Array([1, 2]) });
    expect(await sampler.watched()).toBeNull();
    await sampler.watch({ layer: 1, head: 'mean' });
    const bytes = Uint8Array.from([1, 2, ...(await sampler.next(5))[0]!]);
    const rows = await engine.attentionRows({ tokens: bytes, layer: 1, heads: [0, 1], queries: [6] });
    expect(await sampler.watched()).toEqual(meanRow(rows));
  });
});

test('the mean of heads with different keys keeps every key, once for each factor', () => {
  const row = (
    head: number,
    factor: 'local' | 'column',
    keys: number[],
    weights: number[],
  ): AttentionRow => ({
    ...{ layer: 0, head, query: 9 },
    segments: [{ factor, keys: Uint32Array.from(keys), weights: Float32Array.from(weights) }],
  });
  const mean = meanRow([
    row(0, 'local', [8, 9], [0.25, 0.75]),
    row(1, 'column', [1, 9], [1, 0]),
    row(2, 'local', [7, 9], [0.5, 0.5]),
    row(3, 'column', [5, 9], [0, 1]),
  ]);
  expect(mean).toEqual({
    ...{ layer: 0, head: 'mean', query: 9 },
    segments: [
      {
        factor: 'local',
        keys: Uint32Array.of(7, 8, 9),
        weights: Float32Array.of(0.125, 0.0625, 0.3125),
      },
      { factor: 'column', keys: Uint32Array.of(1, 5, 9), weights: Float32Array.of(0.25, 0, 0.25) },
    ],
  });
});

test('requests that cannot be answered are refused in words', () => {
  const model = { contextLength: 8, nLayer: 2, nHead: 2 };
  const good = { tokens: new Uint8Array(5), layer: 1, heads: [0], queries: [4] };
  expect(rowsProblem(good, model)).toBeUndefined();
  expect(rowsProblem({ ...good, tokens: new Uint8Array(9) }, model)).toContain('1 to 8 bytes');
  expect(rowsProblem({ ...good, layer: 2 }, model)).toContain('no layer 2');
  expect(rowsProblem({ ...good, heads: [2] }, model)).toContain('has 2');
  expect(rowsProblem({ ...good, queries: [5] }, model)).toContain('5 positions');
  const maps = { windows: [new Uint8Array(5)], layers: [0, 1], cells: 4 };
  expect(mapsProblem(maps, model)).toBeUndefined();
  expect(mapsProblem({ ...maps, windows: [] }, model)).toContain('1 to 8 bytes');
  expect(mapsProblem({ ...maps, windows: [new Uint8Array(5), new Uint8Array(4)] }, model)).toContain(
    'lengths',
  );
  expect(mapsProblem({ ...maps, layers: [2] }, model)).toContain('2 layers');
  expect(mapsProblem({ ...maps, cells: 129 }, model)).toContain('128');
  expect(mapsProblem({ ...maps, keys: { from: 3, to: 6 } }, model)).toContain('5 positions');
});
