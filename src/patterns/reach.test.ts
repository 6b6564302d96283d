// Reach against plain boolean matrix products: layer by layer, pair by pair, for arbitrary mixtures of factors.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { finish } from '../lib/slices.ts';
import type { PatternGeometry } from './factors.ts';
import type { LayerFactors } from './forms.ts';
import { BEYOND, connected, everReached, type LayerHeads, reach, shortestPath } from './reach.ts';
import { distinctHeads, forEachStretch, keyCount, markRun, runsOf, runWithin } from './runs.ts';
import type { Factor } from './segment.ts';
import { keysByDefinition, UNIONS } from './testing.ts';

interface Model {
  readonly layers: LayerFactors;
  readonly geometry: PatternGeometry;
  readonly length: number;
}

const models: fc.Arbitrary<Model> = fc
  .record({
    layers: fc.array(fc.array(fc.constantFrom(...UNIONS), { minLength: 1, maxLength: 2 }), {
      minLength: 1,
      maxLength: 3,
    }),
    stride: fc.integer({ min: 1, max: 9 }),
    cells: fc.double({ min: 0, max: 1, noNaN: true }),
    nHead: fc.integer({ min: 1, max: 3 }),
    dilation: fc.integer({ min: 1, max: 5 }),
    length: fc.integer({ min: 1, max: 32 }),
  })
  .map(({ layers, stride, cells, nHead, dilation, length }) => ({
    layers,
    geometry: { stride, summaryCells: 1 + Math.floor(cells * (stride - 1)), nHead, dilation },
    length,
  }));

const headsOf = ({ layers, geometry, length }: Model): LayerHeads =>
  layers.map((heads) => distinctHeads(heads, geometry, length));

type Matrix = readonly (readonly boolean[])[];

/** Which keys each query of a layer has, over all heads, and itself. */
function layerMatrix({ layers, geometry, length }: Model, layer: number): Matrix {
  const heads = layers[layer % layers.length]!;
  return Array.from({ length }, (_, i) => {
    const row = new Array<boolean>(length).fill(false);
    row[i] = true;
    for (let head = 0; head < geometry.nHead; head++) {
      for (const key of keysByDefinition(heads[head % heads.length]!, i, geometry, head)) row[key] = true;
    }
    return row;
  });
}

function product(upper: Matrix, lower: Matrix): Matrix {
  return upper.map((row) => row.map((_, j) => row.some((takes, a) => takes && lower[a]![j]!)));
}

/** The pairs that are connected after 1, 2, ... layers. */
function products(model: Model, depth: number): Matrix[] {
  const result: Matrix[] = [];
  for (let k = 0; k < depth; k++) {
    const layer = layerMatrix(model, k);
    result.push(k === 0 ? layer : product(layer, result[k - 1]!));
  }
  return result;
}

const DEPTH = 5;

test('what a position reaches is what the product of the layers connects', () => {
  fc.assert(
    fc.property(models, (model) => {
      const matrices = products(model, DEPTH);
      const heads = headsOf(model);
      for (let i = 0; i < model.length; i++) {
        const { counts, layer } = finish(reach(heads, i, DEPTH));
        expect(counts).toEqual(matrices.map((matrix) => matrix[i]!.filter(Boolean).length));
        for (let j = 0; j < i; j++) {
          const first = matrices.findIndex((matrix) => matrix[i]![j]);
          expect(layer[j]).toBe(first < 0 ? BEYOND : first + 1);
        }
      }
    }),
    { numRuns: 150 },
  );
});

test('what is ever reached is what more and more layers connect', () => {
  fc.assert(
    fc.property(models, (model) => {
      const depth = model.layers.length * model.length;
      const last = products(model, depth).at(-1)!;
      const heads = headsOf(model);
      for (let i = 0; i < model.length; i++) {
        expect([...finish(everReached(heads, i))].map(Boolean)).toEqual(last[i]!.slice(0, i + 1));
      }
    }),
    { numRuns: 60 },
  );
});

test('a shortest path has the fewest layers, and every hop of it is allowed where it stands', () => {
  fc.assert(
    fc.property(models, fc.nat(), fc.nat(), (model, a, b) => {
      const [source, query] = [a % model.length, b % model.length].sort((x, y) => x - y) as [number, number];
      const matrices = products(model, DEPTH);
      const expected = query === source ? 0 : matrices.findIndex((matrix) => matrix[query]![source]) + 1;
      const path = finish(shortestPath(headsOf(model), query, source, DEPTH));
      if (query !== source && expected === 0) {
        expect(path.kind).not.toBe('path');
        const ever = finish(everReached(headsOf(model), query))[source] === 1;
        if (path.kind === 'never') expect(ever).toBe(false);
        return;
      }
      if (path.kind !== 'path') throw new Error(path.kind);
      expect(path.layers).toBe(expected);
      let [place, above] = [query, Number.POSITIVE_INFINITY];
      for (const { layer, from, to, factor } of path.hops) {
        expect(from).toBe(place);
        expect(layer).toBeLessThan(above);
        const heads = model.layers[(layer - 1) % model.layers.length]!;
        const allowed = Array.from({ length: model.geometry.nHead }, (_, head) => head).some(
          (head) =>
            heads[head % heads.length]!.includes(factor) &&
            keysByDefinition([factor], from, model.geometry, head).includes(to),
        );
        expect(allowed, `${from} to ${to} by ${factor}`).toBe(true);
        [place, above] = [to, layer];
      }
      expect(place).toBe(source);
    }),
    { numRuns: 400 },
  );
});

test('the runs of a query hold its keys', () => {
  fc.assert(
    fc.property(models, (model) => {
      const [heads] = model.layers;
      for (let i = 0; i < model.length; i++) {
        const keys = new Set<number>();
        for (const run of runsOf(headsOf(model)[0]!, i)) {
          forEachStretch(run, (from, to) => {
            for (let key = from; key < to; key++) keys.add(key);
          });
        }
        const expected = new Set(
          Array.from({ length: model.geometry.nHead }, (_, head) =>
            keysByDefinition(heads![head % heads!.length]!, i, model.geometry, head),
          ).flat(),
        );
        expect(keys).toEqual(expected);
        const runs = runsOf(headsOf(model)[0]!, i);
        expect(keyCount(runs)).toBe(expected.size);
        const [from, to] = [Math.floor(i / 3), Math.ceil(i / 2) + 1];
        const marks = new Uint8Array(model.length);
        for (const run of runs) markRun(marks, runWithin(run, from, to), 1);
        const within = (key: number) => key >= from && key < to;
        const marked = [...marks.keys()].filter((key) => marks[key] === 1 && within(key));
        expect(marked).toEqual([...expected].filter(within).sort((a, b) => a - b));
      }
    }),
    { numRuns: 150 },
  );
});

describe('the order of the layers, as counted for n 240, l 12, c 3', () => {
  const share = (...order: Factor[]) => {
    const geometry = { stride: 12, summaryCells: 3, nHead: 1 };
    const heads = headsOf({ layers: order.map((factor) => [[factor]]), geometry, length: 240 });
    return finish(connected(heads, 240, 2, 240));
  };

  test('strided connects every pair in two layers, in either order', () => {
    expect(share('local', 'column').shares[1]).toBe(1);
    expect(share('column', 'local').shares[1]).toBe(1);
  });

  test('fixed connects every pair, but in the reverse order only about a quarter', () => {
    expect(share('ownBlock', 'summary').shares[1]).toBe(1);
    const reverse = share('summary', 'ownBlock');
    expect(reverse.shares[1]).toBeGreaterThan(0.24);
    expect(reverse.shares[1]).toBeLessThan(0.3);
    expect(reverse.ever).toBe(1);
  });

  test('one factor alone leaves pairs apart for ever', () => {
    expect(share('column').ever).toBeLessThan(0.1);
    expect(share('ownBlock').ever).toBeLessThan(0.06);
    expect(share('local').ever).toBe(1);
  });
});

test('a million positions: the counts of the closed form, and a path of two steps', () => {
  const length = 2 ** 20;
  const geometry = { stride: 1024, summaryCells: 1, nHead: 1 };
  const heads = headsOf({ layers: [[['local']], [['column']]], geometry, length });
  const { counts } = finish(reach(heads, length - 1, 2));
  expect(counts).toEqual([1024, length]);
  const path = finish(shortestPath(heads, length - 1, 3, 16));
  expect(path).toMatchObject({ kind: 'path', layers: 2 });
});
