// What is read of a model's attention, against the reference: rows, pictures of the whole matrix and of a part of it,
// the mean over windows, and what a sampler keeps while it draws.

import { type Measure, relativeError } from '../../kernels/cases/index.ts';
import {
  type AttentionMaps,
  type AttentionMapsRequest,
  type AttentionRow,
  allHeads,
  type HeadChoice,
} from '../attention.ts';
import type { Engine } from '../engine.ts';

/** Relative errors of weights, and how far a row may be from adding up to 1. */
const LIMITS = {
  float32: { weights: 4e-6, sums: 4e-6, watched: 6e-6 },
  // Of activations that were rounded to float16 on their way.
  mixed: { weights: 3e-3, sums: 2e-5, watched: 3e-3 },
};

const limitsOf = ({ shape }: Engine) => LIMITS[shape.precision ?? 'float32'];

interface Both {
  readonly engine: Engine;
  readonly reference: Engine;
  readonly tokens: Uint8Array;
}

export async function readoutMeasures(engines: Both): Promise<Measure[]> {
  return [
    ...(await rowMeasures(engines)),
    ...(await mapMeasures(engines)),
    ...(await watchMeasures(engines)),
  ];
}

/** All weights, one behind the other. */
const weightsOf = (rows: readonly AttentionRow[]) =>
  rows.flatMap(({ segments }) => segments.flatMap(({ weights }) => [...weights]));

/** Everything that is not a weight: whose row it is, and its keys. */
const placesOf = (rows: readonly AttentionRow[]) =>
  JSON.stringify(
    rows.map(({ segments, ...place }) => [place, segments.map(({ factor, keys }) => [factor, ...keys])]),
  );

/** Rows of every layer, of a whole window and of a short one. */
async function rowMeasures({ engine, reference, tokens }: Both): Promise<Measure[]> {
  const { contextLength, nLayer, nHead } = engine.config;
  const ours: AttentionRow[] = [];
  const theirs: AttentionRow[] = [];
  for (const length of [contextLength, Math.ceil(contextLength / 2)]) {
    for (let layer = 0; layer < nLayer; layer++) {
      const request = {
        tokens: tokens.subarray(0, length),
        layer,
        heads: Array.from({ length: nHead }, (_, head) => nHead - 1 - head),
        queries: [...new Set([0, length >> 1, length - 1])],
      };
      ours.push(...(await engine.attentionRows(request)));
      theirs.push(...(await reference.attentionRows(request)));
    }
  }
  const sums = ours.map((row) => weightsOf([row]).reduce((sum, weight) => sum + weight, 0));
  const wrongSums = sums.map((sum, i) => Math.abs(sum - Number(weightsOf([ours[i]!]).length > 0)));
  return [
    {
      what: 'error of attention weights',
      value: relativeError(weightsOf(ours), weightsOf(theirs)),
      limit: limitsOf(engine).weights,
    },
    {
      what: 'distance of a row of weights from 1',
      value: Math.max(...wrongSums),
      limit: limitsOf(engine).sums,
    },
    {
      what: 'rows whose keys differ',
      value: Number(placesOf(ours) !== placesOf(theirs)),
      limit: 0,
    },
  ];
}

const numbersOf = ({ heads }: AttentionMaps) =>
  heads.flatMap(({ segments, entropyBits, meanDistance }) => [
    ...segments.flatMap(({ weights }) => [...weights]),
    entropyBits,
    meanDistance,
  ]);

/** Pictures over three windows, whole and in part, with other calls in between. */
async function mapMeasures({ engine, reference, tokens }: Both): Promise<Measure[]> {
  const { contextLength, nLayer } = engine.config;
  const windows = [0, 1, 2].map((window) =>
    tokens.subarray(0, contextLength - 2).map((byte) => (byte * (window + 1) + window) % 256),
  );
  const layers = Array.from({ length: nLayer }, (_, layer) => layer);
  const half = contextLength >> 1;
  const requests: AttentionMapsRequest[] = [
    { windows, layers, cells: 10 },
    { windows: windows.slice(0, 1), layers: [nLayer - 1], cells: 128 },
    {
      ...{ windows: windows.slice(1, 2), layers: [0], cells: 9 },
      ...{ queries: { from: half, to: contextLength - 2 }, keys: { from: 1, to: half + 3 } },
    },
  ];
  const errors: number[] = [];
  for (const request of requests) {
    // A call that leaves other tensors behind comes between the pictures.
    const [ours] = await Promise.all([engine.attentionMaps(request), engine.losses(tokens)]);
    errors.push(relativeError(numbersOf(ours), numbersOf(await reference.attentionMaps(request))));
  }
  return [{ what: 'error of attention maps', value: Math.max(...errors), limit: limitsOf(engine).weights }];
}

/** What is kept of the bytes that a sampler makes, against the full forward pass over the same bytes. */
export async function watchMeasures({ engine, reference }: Both): Promise<Measure[]> {
  const { contextLength, nLayer, nHead } = engine.config;
  const settings = { samples: 2, seed: 11, temperature: 1, topK: 40, topP: 0.9 };
  const sampler = await engine.createSampler({ ...settings, prompt: new Uint8Array([7, 8]) });
  const bytes: number[] = [7, 8];
  const kept: AttentionRow[] = [];
  const turns = [
    1,
    1,
    Math.max(1, contextLength >> 2),
    2,
    Math.max(1, contextLength - (contextLength >> 2) - 7),
  ];
  for (const [turn, count] of turns.entries()) {
    const head: HeadChoice = turn === 1 ? 'mean' : turn % nHead;
    await sampler.watch({ layer: turn % nLayer, head, sample: 1 });
    bytes.push(...(await sampler.next(count))[1]!);
    const row = await sampler.watched();
    if (row) kept.push(row);
  }
  await sampler.watch(null);
  await sampler.next(1);
  const afterwards = await sampler.watched();
  sampler.destroy();

  const theirs = [];
  for (const { layer, head, query } of kept) {
    const heads = head === 'mean' ? allHeads(engine.config) : [head];
    const rows = await reference.attentionRows({
      ...{ tokens: Uint8Array.from(bytes), layer, heads, queries: [query] },
    });
    theirs.push(rows.map((row) => denseOf(row, contextLength)).reduce(meanOf(heads.length), []));
  }
  return [
    {
      what: 'error of watched weights',
      value: relativeError(
        kept.flatMap((row) => denseOf(row, contextLength)),
        theirs.flat(),
      ),
      limit: limitsOf(engine).watched,
    },
    {
      what: 'watched rows that are missing, or there unasked',
      value: turns.length - kept.length + Number(afterwards !== null),
      limit: 0,
    },
  ];
}

/** A row's weights by position, whatever the factor. */
function denseOf({ segments }: AttentionRow, length: number): number[] {
  const dense = new Array<number>(length).fill(0);
  for (const { keys, weights } of segments) {
    for (const [index, key] of keys.entries()) dense[key]! += weights[index]!;
  }
  return dense;
}

const meanOf = (count: number) => (sum: readonly number[], row: readonly number[]) =>
  row.map((value, index) => (sum[index] ?? 0) + value / count);
